import type { TextLine } from '#retrieval';

const SOFT_HYPHEN = '\u00AD';
/** "well-" at the end of a line keeps its hyphen: these prefixes make compounds. */
const COMPOUND_PREFIX =
  /^(?:non|self|well|long|short|high|low|third|first|second|half|cross|year|part|full|year-over|end-of|co|e|ex|pre|post|mid|multi|semi)$/iu;
const COMPOUND_SUFFIX = /^(?:based|related|owned|term|wide|free|specific|level|time|party|date|quality|share|sale|line|driven|only|like|rate|tax)$/iu;
const BROKEN_END = /(?<before>[\p{L}-]*\p{Ll})[-\u2010]$/u;
const CONTINUATION = /^(?<rest>\p{Ll}+)(?<after>\S*)(?:\s+|$)/u;

const countWords = (lines: readonly TextLine[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const { text } of lines) for (const [word] of text.toLowerCase().matchAll(/\p{L}[\p{L}-]*\p{L}/gu)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
};

const isCompound = (head: string, tail: string, counts: ReadonlyMap<string, number>): boolean => {
  const has = (word: string, times = 1): boolean => (counts.get(word.toLowerCase()) ?? 0) >= times;
  if (has(head + tail)) return false;
  if (has(`${head}-${tail}`) || COMPOUND_PREFIX.test(head) || COMPOUND_SUFFIX.test(tail)) return true;
  // Each half was counted once where the line broke.
  return head.length > 3 && tail.length > 3 && has(head, 2) && has(tail, 2);
};

/**
 * Mends words that a line end broke: the second half moves up to the first. The hyphen goes, unless the page shows the
 * compound written with it elsewhere or both halves alone, or one of them usually makes compounds. A line that is left without text is dropped.
 */
export const mendHyphens = (lines: readonly TextLine[]): TextLine[] => {
  if (!lines.some(({ text }) => /[-\u2010\u00AD]$/u.test(text))) return [...lines];
  const counts = countWords(lines);
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
    const keepsHyphen = !soft && isCompound(head, tail, counts);
    mended[mended.length - 1] = { ...before, text: `${before.text.slice(0, -1)}${keepsHyphen ? '-' : ''}${tail}${after}` };
    const left = line.text.slice(rest[0].length);
    if (left !== '') mended.push({ ...line, text: left });
  }
  return mended;
};
