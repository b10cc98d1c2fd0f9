import type { TextSpan } from '../types.ts';

/**
 * Abbreviations that do not end a sentence, lower-case and without their last full stop. English and German, with the
 * forms that business and technical writing use most.
 */
const ABBREVIATIONS = new Set(
  (
    'mr mrs ms dr prof sr jr st no nos vs etc inc ltd co corp llc dept est fig figs eq eqs sec secs ch chap p pp vol ed eds al approx ' +
    'e.g i.e cf viz ca resp max min avg jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun u.s u.k a.m p.m ' +
    'bzw usw z.b d.h u.a o.ä s.o s.u vgl ggf evtl inkl exkl zzgl abs art nr str tel bspw sog i.d.r u.u v.a z.t ff mio mrd tsd gem lt max mind dipl ing hr fr'
  ).split(' '),
);

const MONTHS = /^(januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember)/iu;
// Closing quotes and brackets belong to the sentence that they close.
const END = /[.!?…。！？]+["'”’»)\]]*/gu;

const endsWithAbbreviation = (before: string, after: string): boolean => {
  const word =
    /(\S+)$/u
      .exec(before)?.[1]
      ?.toLowerCase()
      .replace(/^[("'„“«[]+/u, '') ?? '';
  if (ABBREVIATIONS.has(word)) return true;
  if (/^(?:\p{L}\.)*\p{L}$/u.test(word) && word !== 'i') return true; // initials, and the inner dots of "z. B."
  // German ordinals: "am 3. Oktober", "im 2. Quartal"; English never writes a bare number before a lower-case word.
  return /^\d{1,2}$/u.test(word) && (MONTHS.test(after) || /^\p{Ll}/u.test(after) || /^(Quartal|Halbjahr|Jahrhundert|Auflage)/u.test(after));
};

/**
 * Where a text's sentences stand, in order, without the white space between them. Decimals, abbreviations, initials, file
 * names and addresses do not end a sentence; a line feed does (a table row, an item of a list).
 */
export const sentenceSpans = (text: string): TextSpan[] => {
  const spans: TextSpan[] = [];
  let start = 0;
  const push = (end: number): void => {
    const piece = text.slice(start, end);
    const lead = piece.length - piece.trimStart().length;
    const trimmed = piece.trim().length;
    if (trimmed > 0) spans.push({ start: start + lead, end: start + lead + trimmed });
    start = end;
  };
  const pushLines = (end: number): void => {
    for (let at = text.indexOf('\n', start); at !== -1 && at < end; at = text.indexOf('\n', start)) push(at + 1);
    push(end);
  };
  for (const match of text.matchAll(END)) {
    const end = match.index + match[0].length;
    const after = text.slice(end, end + 24);
    const closed = /^[。！？]/u.test(match[0]);
    if (!closed && after !== '' && !/^\s/u.test(after)) continue; // 3.5, arasul.local, "..."x
    if (match[0].startsWith('.') && match[0].length === 1 && endsWithAbbreviation(text.slice(Math.max(0, match.index - 24), match.index), after.trimStart()))
      continue;
    // "1." alone at the start of a line is the number of a list item.
    if (/(^|\n)\s*(\d{1,3}|[a-zA-Z])$/u.test(text.slice(start, match.index))) continue;
    if (/^\s+\p{Ll}/u.test(after) && match[0].startsWith('.')) continue; // goes on in lower case: an abbreviation that is not listed
    pushLines(end);
  }
  pushLines(text.length);
  return spans;
};
