import type { FoundPassage } from '#retrieval';

/** Cosine from which a passage counts as being about the question. */
const MIN_MEANING = 0.35;
/** Share of the question's own words that a passage must have when meaning says nothing. */
const MIN_WORDS = 0.5;
const WORD = /[\p{L}\p{N}][\p{L}\p{N}'’.,-]*[\p{L}\p{N}]|[\p{L}\p{N}]/gu;
/** Shorter words are mostly grammar; numbers always count. */
const MIN_LETTERS = 4;
/** What questions are made of, whatever they are about; also what they are asked of. */
const ASKING_WORDS = new Set(
  (
    'what which when where whose whom does have been were will would could should shall must that this these those they them their there then than with from into about also some many much more most ' +
    'tell give show list find explain describe summarize summarise summary overview document documents file files page pages text mean means please ' +
    'welche welcher welches wann warum wieso woher wohin wird werden wurde wurden sind haben hatte kann könnte soll sollte muss dies diese diesem diesen dieser dieses eine einen einem einer nicht oder auch über unter nach ' +
    'zeige nenne erkläre beschreibe fasse zusammen zusammenfassung überblick dokument dokumente dokumenten datei dateien seite seiten bitte geht handelt worum'
  ).split(' '),
);
/** Enough of a word to recognise its other forms. */
const STEM_LETTERS = 5;

const wordsOf = (text: string): string[] => (text.toLowerCase().match(WORD) ?? []).filter((word) => word.length >= MIN_LETTERS || /\d/u.test(word));

const ownWords = (text: string): string[] => {
  const words = wordsOf(text).filter((word) => !ASKING_WORDS.has(word));
  return [...new Set(words.map((word) => word.slice(0, STEM_LETTERS)))];
};

/** Whether a question has no words of its own ("What is this document about?"): it is about whatever is there. */
export const isAboutAll = (question: string): boolean => ownWords(question).length === 0 && wordsOf(question).length > 0;

/**
 * The passages that bear on the question at all, in their order; none, when the search found nothing useful. A question
 * without words of its own ("What is this document about?") is about all of them;
 * a mere "hi" is about none.
 */
export const relevantTo = (question: string, passages: readonly FoundPassage[]): FoundPassage[] => {
  const asked = ownWords(question);
  if (asked.length === 0) return isAboutAll(question) ? [...passages] : [];
  return passages.filter(({ scores, highlights, text }) => {
    if (scores.meaning !== null && scores.meaning >= MIN_MEANING) return true;
    const marked = new Set(highlights.flatMap(({ start, end }) => ownWords(text.slice(start, end))));
    return asked.filter((word) => marked.has(word)).length / asked.length >= MIN_WORDS;
  });
};
