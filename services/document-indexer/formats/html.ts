import type { TextLine } from '#retrieval';
import { decodeText, detectEncoding } from './encoding.ts';
import { UnreadableDocument, type Format } from './format.ts';
import { inMemory, readWhole } from './whole-file.ts';

const MAX_BYTES = 16 * 2 ** 20;
/** The article that Readability finds is trusted when it holds this share of the page's words; else only navigation is left out. */
const MIN_ARTICLE_SHARE = 0.5;

/** Readability's work grows with the square of the depth: 400 levels take it seconds, and no real page needs 100. */
const MAX_ARTICLE_DEPTH = 100;
const MAX_ARTICLE_ELEMENTS = 20_000;
/** Beyond it the tree builder itself takes minutes; such a page is an attack. */
const MAX_DEPTH = 5_000;
/** Elements that end by themselves, so that their opening tags say nothing of depth. */
const SELF_ENDING = new Set(
  'area base br col dd dt embed hr img input li link meta option p param source td th tr track wbr tbody thead tfoot colgroup'.split(' '),
);

const DROPPED = new Set([
  'SCRIPT',
  'STYLE',
  'NOSCRIPT',
  'TEMPLATE',
  'IFRAME',
  'OBJECT',
  'EMBED',
  'SVG',
  'CANVAS',
  'HEAD',
  'NAV',
  'BUTTON',
  'SELECT',
  'INPUT',
  'TEXTAREA',
  'DIALOG',
]);
const INLINE = new Set([
  'A',
  'ABBR',
  'B',
  'BDI',
  'BDO',
  'CITE',
  'CODE',
  'DATA',
  'DEL',
  'DFN',
  'EM',
  'FONT',
  'I',
  'INS',
  'KBD',
  'LABEL',
  'MARK',
  'Q',
  'S',
  'SAMP',
  'SMALL',
  'SPAN',
  'STRONG',
  'SUB',
  'SUP',
  'TIME',
  'TT',
  'U',
  'VAR',
  'WBR',
  'PICTURE',
  'IMG',
]);

const tidy = (text: string): string => text.replace(/\s+/gu, ' ').trim();

/** Walks elements with a stack of its own: a page nested ten thousand deep must not exhaust the thread's. */
class LineCollector {
  readonly lines: TextLine[] = [];
  private text = '';
  private cells: string[] | undefined;
  private lead = '';
  private headingLevel: number | undefined;

  collect(root: Element): void {
    const stack: (Node | (() => void))[] = [root];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (typeof next === 'function') next();
      else if (next.nodeType === 3) this.text += next.textContent ?? '';
      else if (next.nodeType === 1) this.enter(next as Element, stack);
    }
    this.endBlock();
  }

  private enter(element: Element, stack: (Node | (() => void))[]): void {
    const tag = element.tagName.toUpperCase();
    if (DROPPED.has(tag) || element.getAttribute('hidden') !== null || element.getAttribute('aria-hidden') === 'true') return;
    if (tag === 'BR' || tag === 'HR') return this.endBlock(tag === 'BR');
    const level = /^H([1-6])$/u.exec(tag)?.[1];
    const isCell = tag === 'TD' || tag === 'TH';
    if (tag === 'TR') {
      this.endBlock();
      this.cells = [];
      stack.push(() => this.endRow());
    } else if (isCell && this.cells !== undefined) {
      stack.push(() => this.endCell());
    } else if (!INLINE.has(tag) && this.cells === undefined) {
      this.endBlock();
      if (level !== undefined) this.headingLevel = Number(level);
      if (tag === 'LI') this.lead = '• ';
      stack.push(() => this.endBlock());
    } else if (!INLINE.has(tag)) {
      this.text += ' ';
    }
    for (const child of [...element.childNodes].reverse()) stack.push(child);
  }

  private endCell(): void {
    const text = tidy(this.text);
    if (text !== '') this.cells?.push(text);
    this.text = '';
  }

  private endRow(): void {
    this.endCell();
    const cells = this.cells ?? [];
    this.cells = undefined;
    const text = cells.join(' ');
    if (text !== '') this.lines.push({ text, ...(cells.length > 1 ? { cells: cells.map((cell) => ({ text: cell })) } : {}) });
  }

  /** @param soft A line break inside a paragraph. */
  private endBlock(soft = false): void {
    const text = tidy(this.text);
    this.text = '';
    if (text !== '') {
      this.lines.push({ text: this.lead + text, ...(this.headingLevel === undefined ? {} : { headingLevel: this.headingLevel }), paragraphStart: true });
      this.lead = '';
    }
    if (!soft) this.headingLevel = undefined;
  }
}

const linesOf = (root: Element): TextLine[] => {
  const collector = new LineCollector();
  collector.collect(root);
  return collector.lines;
};

const charsOf = (lines: readonly TextLine[]): number => lines.reduce((sum, line) => sum + line.text.length, 0);

const declaredEncoding = (bytes: Uint8Array): string | undefined => {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 2048));
  const label = /<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)|<\?xml[^>]+encoding\s*=\s*["']([\w-]+)/iu
    .exec(head)
    ?.slice(1)
    .find((found) => found !== undefined);
  try {
    return label === undefined ? undefined : new TextDecoder(label).encoding;
  } catch {
    return undefined; // an encoding that nobody knows: the bytes tell
  }
};

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

/** A web page: its article where one stands out, else all but its navigation. Scripts and styles are never kept. */
export const html: Format = {
  mimeTypes: ['text/html'],
  hasPages: false,
  async open(source) {
    // Loaded here: threads that read other formats do without.
    const [readability, { parseHTML }] = await Promise.all([import('@mozilla/readability'), import('linkedom')]);
    // Once bundled, a CommonJS package that is imported like this has its parts under `default` alone.
    const { Readability } = 'default' in readability ? (readability.default as typeof readability) : readability;
    const bytes = readWhole(source, MAX_BYTES, 'Web pages');
    const detected = detectEncoding(bytes);
    const page = decodeText(bytes, detected === 'windows-1252' ? (declaredEncoding(bytes) ?? detected) : detected);
    const { depth, elements } = measure(page);
    if (depth > MAX_DEPTH)
      throw new UnreadableDocument(
        'document_broken',
        `The web page nests its elements ${depth} deep, which no browser would show. Save it as text and upload that.`,
      );
    const parse = (): Document => parseHTML(/<(?:html|body)[\s>]/iu.test(page) ? page : `<!doctype html><html><body>${page}</body></html>`).document;
    const document = parse();
    const title = tidy(document.querySelector('title')?.textContent ?? '');
    const everything = linesOf(document.body);
    // Readability takes its document apart, hence a second one.
    const article = depth > MAX_ARTICLE_DEPTH || elements > MAX_ARTICLE_ELEMENTS ? null : new Readability(parse()).parse()?.content;
    const lines = typeof article === 'string' ? linesOf(parseHTML(`<!doctype html><html><body>${article}</body></html>`).document.body) : [];
    const chosen = charsOf(lines) >= MIN_ARTICLE_SHARE * charsOf(everything) ? lines : everything;
    return inMemory([chosen], title === '' ? undefined : title);
  },
};
