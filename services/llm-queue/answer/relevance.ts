import type { FoundPassage } from '#retrieval';

/** Cosine from which a passage counts as being about the question. */
const MIN_MEANING = 0.35;
/** Share of the question's own words that a passage must have when meaning says nothing. */
const MIN_WORDS = 0.5;
const WORD = /[\p{L}\p{N}][\p{L}\p{N}'’.,-]*[\p{L}\p{N}]|[\p{L}\p{N}]/gu;
/** Shorter words are mostly grammar; numbers always count. */
const MIN_LETTERS = 4;
/** Enough of a word to recognise its other forms. */
const STEM_LETTERS = 5;

const ownWords = (text: string): string[] => [...new Set((text.toLowerCase().match(WORD) ?? []).filter((word) => word.length >= MIN_LETTERS || /\d/u.test(word)).map((word) => word.slice(0, STEM_LETTERS)))];

/** The passages that bear on the question at all, in their order. What is left of a search that found nothing useful is empty. */
export const relevantTo = (question: string, passages: readonly FoundPassage[]): FoundPassage[] => {
  const asked = ownWords(question);
  return passages.filter(({ scores, highlights, text }) => {
    if (scores.meaning !== null && scores.meaning >= MIN_MEANING) return true;
    if (asked.length === 0) return false;
    const marked = new Set(highlights.flatMap(({ start, end }) => ownWords(text.slice(start, end))));
    return asked.filter((word) => marked.has(word)).length / asked.length >= MIN_WORDS;
  });
};
