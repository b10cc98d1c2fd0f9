import { sentenceSpans, type FoundPassage, type TextSpan } from '#retrieval';

/** About four lines on a screen: enough to judge, short enough to read six of them. */
const MAX_CHARS = 420;

/**
 * The part of a passage that fits the question best, literally: the run of whole sentences with the most different words
 * of the question, cut only when one sentence alone is too long.
 */
export const excerptOf = (passage: Pick<FoundPassage, 'text' | 'highlights'>, maxChars = MAX_CHARS): TextSpan => {
  const spans = sentenceSpans(passage.text);
  const marks = passage.highlights.map(({ start, end }) => ({ start, end, words: passage.text.slice(start, end).toLowerCase().split(/\s+/u) }));
  const wordsIn = (from: number, to: number): number => new Set(marks.filter(({ start, end }) => start >= from && end <= to).flatMap(({ words }) => words)).size;
  let best: TextSpan | null = null;
  let bestWords = 0;
  for (let first = 0; first < spans.length; first += 1) {
    const start = spans[first]!.start;
    for (let last = first; last < spans.length; last += 1) {
      const end = spans[last]!.end;
      if (end - start > maxChars && last > first) break;
      const words = wordsIn(start, end);
      if (words > bestWords || (best && words === bestWords && end - start < best.end - best.start)) [best, bestWords] = [{ start, end }, words];
    }
  }
  best ??= spans[0] ?? { start: 0, end: 0 };
  return best.end - best.start <= maxChars ? best : cutAround(passage.text, best, marks.find(({ start, end }) => start >= best.start && end <= best.end)?.start ?? best.start, maxChars);
};

/** A window of at most `maxChars` of an over-long sentence, from a little before `at`, at the borders of words. */
const cutAround = (text: string, { start, end }: TextSpan, at: number, maxChars: number): TextSpan => {
  const wanted = Math.max(start, Math.min(at - Math.floor(maxChars / 4), end - maxChars));
  const from = wanted === start ? start : text.indexOf(' ', wanted) + 1 || wanted;
  const limit = Math.min(end, from + maxChars);
  const to = limit === end ? end : Math.max(text.lastIndexOf(' ', limit), from + 1);
  return { start: from, end: to };
};
