import type { TextLine } from '#retrieval';
import { decodeText, detectEncoding } from '../encoding.ts';
import type { Format } from '../format.ts';
import { inMemory, readWhole } from '../whole-file.ts';
import { linesOfElement, tidy } from './html-lines.ts';
import { parsePage } from './parse-page.ts';

const MAX_BYTES = 16 * 2 ** 20;
/** The article that Readability finds is trusted when it holds this share of the page's words; else only navigation is left out. */
const MIN_ARTICLE_SHARE = 0.5;

/** Readability's work grows with the square of the depth: 400 levels take it seconds, and no real page needs 100. */
const MAX_ARTICLE_DEPTH = 100;
const MAX_ARTICLE_ELEMENTS = 20_000;
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

/** A web page: its article where one stands out, else all but its navigation. Scripts and styles are never kept. */
export const html: Format = {
  mimeTypes: ['text/html'],
  hasPages: false,
  async open(source) {
    const readability = await import('@mozilla/readability');
    // Once bundled, a CommonJS package that is imported like this has its parts under `default` alone.
    const { Readability } = 'default' in readability ? (readability.default as typeof readability) : readability;
    const bytes = readWhole(source, MAX_BYTES, 'Web pages');
    const detected = detectEncoding(bytes);
    const page = decodeText(bytes, detected === 'windows-1252' ? (declaredEncoding(bytes) ?? detected) : detected);
    const { document, depth, elements } = await parsePage(page);
    const title = tidy(document.querySelector('title')?.textContent ?? '');
    const everything = linesOfElement(document.body);
    // Readability takes its document apart, hence a second one.
    const article = depth > MAX_ARTICLE_DEPTH || elements > MAX_ARTICLE_ELEMENTS ? null : new Readability((await parsePage(page)).document).parse()?.content;
    const lines = typeof article === 'string' ? linesOfElement((await parsePage(article)).document.body) : [];
    const chosen = charsOf(lines) >= MIN_ARTICLE_SHARE * charsOf(everything) ? lines : everything;
    return inMemory([chosen], title === '' ? undefined : title);
  },
};
