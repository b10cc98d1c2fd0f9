import type { SearchHit } from '#contracts';
import type { FoundPassage } from '#retrieval';

/** The only way from a found passage to its JSON. */
export const toHit = (found: FoundPassage): SearchHit => ({
  passageId: found.passageId,
  documentId: found.documentId,
  filename: found.filename,
  page: found.page,
  pageEnd: found.pageEnd,
  heading: found.heading,
  text: found.text,
  highlights: found.highlights.map(({ start, end }): [number, number] => [start, end]),
  score: found.score,
  scores: { words: found.scores.words, meaning: found.scores.meaning },
  boxes: found.boxes.map(({ page, x, y, w, h }) => ({ page, x, y, w, h })),
});
