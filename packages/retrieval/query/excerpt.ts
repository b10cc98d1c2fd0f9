import { sentenceSpans } from '../text/sentences.ts';
import type { FoundPassage, TextSpan } from '../types.ts';

/** About four lines on a screen: enough to judge, short enough to read three of them. */
const MAX_CHARS = 420;
/** One short line alone is hard to judge: its neighbours come along up to this length. */
const CONTEXT_CHARS = 200;

/**
 * The part of a passage that fits the question best, literally: the run of whole sentences with the most different words
 * of the question, with their neighbours while that is short, cut only when one sentence alone is too long.
 */
export const excerptOf = (passage: Pick<FoundPassage, 'text' | 'highlights'>, maxChars = MAX_CHARS): TextSpan => {
  const spans = sentenceSpans(passage.text);
  const marks = passage.highlights.map(({ start, end }) => ({ start, end, words: passage.text.slice(start, end).toLowerCase().split(/\s+/u) }));
  const wordsIn = (from: number, to: number): number =>
    new Set(marks.filter(({ start, end }) => start >= from && end <= to).flatMap(({ words }) => words)).size;
  let best: (TextSpan & { first: number; last: number }) | null = null;
  let bestWords = 0;
  for (let first = 0; first < spans.length; first += 1) {
    const start = spans[first]!.start;
    for (let last = first; last < spans.length; last += 1) {
      const end = spans[last]!.end;
      if (end - start > maxChars && last > first) break;
      const words = wordsIn(start, end);
      if (words > bestWords || (best && words === bestWords && end - start < best.end - best.start)) [best, bestWords] = [{ start, end, first, last }, words];
    }
  }
  if (!best) {
    const opening = spans[0];
    if (!opening) return { start: 0, end: 0 };
    best = { ...opening, first: 0, last: 0 };
  }
  if (best.end - best.start > maxChars) {
    return cutAround(passage.text, best, marks.find(({ start, end }) => start >= best.start && end <= best.end)?.start ?? best.start, maxChars);
  }
  let { start, end } = best;
  for (let next = best.last + 1; next < spans.length && spans[next]!.end - start <= Math.min(CONTEXT_CHARS, maxChars); next += 1) end = spans[next]!.end;
  for (let before = best.first - 1; before >= 0 && end - spans[before]!.start <= Math.min(CONTEXT_CHARS, maxChars); before -= 1) start = spans[before]!.start;
  return { start, end };
};

/** A window of at most `maxChars` of an over-long sentence, from a little before `at`, at the borders of words. */
const cutAround = (text: string, { start, end }: TextSpan, at: number, maxChars: number): TextSpan => {
  const wanted = Math.max(start, Math.min(at - Math.floor(maxChars / 4), end - maxChars));
  const from = wanted === start ? start : text.indexOf(' ', wanted) + 1 || wanted;
  const limit = Math.min(end, from + maxChars);
  const to = limit === end ? end : Math.max(text.lastIndexOf(' ', limit), from + 1);
  return { start: from, end: to };
};
