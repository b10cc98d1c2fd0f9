import type { ExtractionCell } from '#contracts';
import { excerptOf, sentenceSpans, type FoundPassage, type TextSpan } from '#retrieval';

/** A sentence is enough for a cell; its citation shows the rest. */
const MAX_CHARS = 240;

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`);

/** What a form or a table says behind a field's name: "Rent: 1,200 euros", "Rent | 1,200". */
export const behindName = (text: string, name: string): { start: number; end: number } | null => {
  const match = new RegExp(String.raw`(?:^|\n|[|;]\s*)\s*${escape(name)}\s*[:=|\t]\s*([^\n|;]{1,${MAX_CHARS}})`, 'iu').exec(text);
  if (match?.[1] === undefined) return null;
  const value = match[1].trimEnd();
  const start = match.index + match[0].length - match[1].length;
  return value === '' ? null : { start, end: start + value.length };
};

/** The sentence within a span that has the most words of the question. */
const bestSentence = ({ text, highlights }: FoundPassage, span: TextSpan): TextSpan => {
  const sentences = sentenceSpans(text.slice(span.start, span.end)).map(({ start, end }) => ({ start: span.start + start, end: span.start + end }));
  const wordsIn = ({ start, end }: TextSpan): number => highlights.filter((mark) => mark.start >= start && mark.end <= end).length;
  return sentences.reduce((best, sentence) => (wordsIn(sentence) > wordsIn(best) ? sentence : best), sentences[0] ?? span);
};

/** The cell that a passage fills, word for word. */
export const cellOf = (passage: FoundPassage, name: string): ExtractionCell => {
  const excerpt = excerptOf(passage, MAX_CHARS);
  const { start, end } = behindName(passage.text, name) ?? bestSentence(passage, excerpt);
  const boxes = passage.boxes.filter((one) => one.start < end && one.end > start);
  return {
    value: passage.text.slice(start, end).replace(/\s+/gu, ' ').trim(),
    quote: passage.text.slice(Math.min(start, excerpt.start), Math.max(end, excerpt.end)),
    passageId: passage.passageId,
    page: boxes[0]?.page ?? passage.page,
    boxes: boxes.map(({ page, x, y, w, h }) => ({ page, x, y, w, h })),
  };
};
