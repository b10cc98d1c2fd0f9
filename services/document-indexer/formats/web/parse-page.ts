import { UnreadableDocument } from '../format.ts';

/** Beyond it the tree builder itself takes minutes; such a page is an attack. */
const MAX_DEPTH = 5_000;
/** Elements that end by themselves, so that their opening tags say nothing of depth. */
const SELF_ENDING = new Set(
  'area base br col dd dt embed hr img input li link meta option p param source td th tr track wbr tbody thead tfoot colgroup'.split(' '),
);

/** How deep a page's tags nest and how many there are, without building a tree. */
const measure = (page: string): { depth: number; elements: number } => {
  let [open, depth, elements] = [0, 0, 0];
  for (const [, closing, name = ''] of page.matchAll(/<(\/?)([a-z][a-z0-9-]*)/giu)) {
    if (closing === '') elements++;
    if (SELF_ENDING.has(name.toLowerCase())) continue;
    open = Math.max(0, open + (closing === '' ? 1 : -1));
    depth = Math.max(depth, open);
  }
  return { depth, elements };
};

export interface ParsedPage {
  readonly document: Document;
  readonly depth: number;
  readonly elements: number;
}

/** A page of HTML as a tree that runs and fetches nothing. Throws `document_unsafe` for one that no browser would show. */
export const parsePage = async (page: string): Promise<ParsedPage> => {
  // Loaded here: threads that read other formats do without.
  const { parseHTML } = await import('linkedom');
  const { depth, elements } = measure(page);
  if (depth > MAX_DEPTH)
    throw new UnreadableDocument(
      'document_unsafe',
      `The web page nests its elements ${depth} deep, which no browser would show. Save it as text and upload that.`,
    );
  const whole = /<(?:html|body)[\s>]/iu.test(page) ? page : `<!doctype html><html><body>${page}</body></html>`;
  return { document: parseHTML(whole).document, depth, elements };
};
