import type { TextLine } from '#retrieval';

const SOFT_HYPHEN = '\u00AD';
/** "well-" at the end of a line keeps its hyphen: these prefixes make compounds. */
const COMPOUND_PREFIX = /^(?:non|self|well|long|short|high|low|third|first|second|half|cross|year|part|full|year-over|end-of|co|e|ex|pre|post|mid|multi|semi)$/iu;
const COMPOUND_SUFFIX = /^(?:based|related|owned|term|wide|free|specific|level|time|party|date|quality|share|sale|line|driven|only|like|rate|tax)$/iu;
const BROKEN_END = /(?<before>[\p{L}-]*\p{Ll})[-\u2010]$/u;
const CONTINUATION = /^(?<rest>\p{Ll}+)(?<after>\S*)(?:\s+|$)/u;

const wordsOf = (lines: readonly TextLine[]): Set<string> => {
  const words = new Set<string>();
  for (const { text } of lines) for (const [word] of text.matchAll(/\p{L}[\p{L}-]*\p{L}/gu)) words.add(word.toLowerCase());
  return words;
};

const isCompound = (head: string, tail: string, known: ReadonlySet<string>): boolean => {
  const has = (word: string): boolean => known.has(word.toLowerCase());
  if (has(head + tail)) return false;
  if (has(`${head}-${tail}`) || COMPOUND_PREFIX.test(head) || COMPOUND_SUFFIX.test(tail)) return true;
  return head.length > 3 && tail.length > 3 && has(head) && has(tail);
};

/**
 * Mends words that a line end broke: the second half moves up to the first. The hyphen goes, unless the page shows the
 * compound written with it elsewhere or both halves alone, or one of them usually makes compounds. A line that is left without text is dropped.
 */
export const mendHyphens = (lines: readonly TextLine[]): TextLine[] => {
  if (!lines.some(({ text }) => /[-\u2010\u00AD]$/u.test(text))) return [...lines];
  const known = wordsOf(lines);
  const mended: TextLine[] = [];
  for (const line of lines) {
    const before = mended.at(-1);
    const rest = before?.cells === undefined && line.cells === undefined ? CONTINUATION.exec(line.text) : null;
    const soft = before?.text.endsWith(SOFT_HYPHEN) === true;
    const broken = before === undefined || rest === null ? null : BROKEN_END.exec(soft ? `${before.text.slice(0, -1)}-` : before.text);
    if (before === undefined || rest === null || broken === null) {
      mended.push(line);
      continue;
    }
    const { before: head = '' } = broken.groups ?? {};
    const { rest: tail = '', after = '' } = rest.groups ?? {};
    const keepsHyphen = !soft && isCompound(head, tail, known);
    mended[mended.length - 1] = { ...before, text: `${before.text.slice(0, -1)}${keepsHyphen ? '-' : ''}${tail}${after}` };
    const left = line.text.slice(rest[0].length);
    if (left !== '') mended.push({ ...line, text: left });
  }
  return mended;
};
