import { STOP_WORDS } from '../text/stop-words.ts';

export interface Turn {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

/** A question that leans on the one before: short, or with a word that points back. */
const POINTS_BACK =
  /\b(?:it|its|they|them|their|theirs|he|she|his|her|this|that|these|those|there|then|same|former|latter|previous|above|es|ihr(?:e[nmrs]?)?|sein(?:e[nmrs]?)?|dies(?:e[nmrs]?)?|dort|davon|dazu|darin|dafür|damit|deren|dessen|er|sie)\b/iu;
const CONTINUES = /^(?:and|but|or|also|so|what about|how about|why|und|aber|oder|auch|was ist mit|wie sieht es|warum|wieso)\b/iu;
const SHORT_WORDS = 5;
const MAX_CARRIED = 12;

/** Which of the two languages that the box itself speaks a question is in, by its small words; English when in doubt. */
export const questionLanguage = (text: string): 'de' | 'en' => {
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const hits = (language: string): number => words.filter((word) => STOP_WORDS[language]?.has(word) === true).length;
  return hits('de') > hits('en') ? 'de' : 'en';
};

const contentWords = (text: string): string[] => {
  const stop = STOP_WORDS[questionLanguage(text)];
  return (text.match(/[\p{L}\p{N}][\p{L}\p{N}.,'’&/-]*[\p{L}\p{N}]|[\p{L}\p{N}]/gu) ?? []).filter((word) => stop?.has(word.toLowerCase()) !== true);
};

/** A name, a number, a code: what a follow-up question leaves out most often. */
const isEntity = (word: string): boolean => /\d|\p{Lu}/u.test(word);

/**
 * The question as it must be looked for when nobody has read what came before: a follow-up that is short or points back
 * gets the names and numbers of the user's question before it, and its other words too when it has few of its own. By
 * rule, so that no model call delays the search. A question that stands alone comes back unchanged.
 */
export const standaloneQuery = (question: string, history: readonly Turn[]): string => {
  const previous = history.filter(({ role }) => role === 'user').map(({ content }) => content);
  const before = previous.at(-1);
  const own = contentWords(question);
  const leans = POINTS_BACK.test(question) || CONTINUES.test(question.trim()) || own.length < SHORT_WORDS;
  if (before === undefined || !leans) return question;

  const known = new Set(own.map((word) => word.toLowerCase()));
  // The first word of a sentence is upper-case whatever it is; a follow-up of a follow-up leans on the one that names things.
  const source = contentWords(
    standaloneQuery(
      before,
      history.slice(
        0,
        history.findLastIndex(({ role }) => role === 'user'),
      ),
    ),
  );
  const period = own.some((word) => /^(?:fy|q[1-4])?(?:19|20)\d\d$/iu.test(word));
  const carried = source.filter((word) => {
    if (known.has(word.toLowerCase())) return false;
    // "And in 2021?" replaces the year of the question before.
    if (period && /^(?:fy|q[1-4])?(?:19|20)\d\d$/iu.test(word)) return false;
    return isEntity(word) || own.length < SHORT_WORDS;
  });
  return carried.length === 0 ? question : `${question} ${[...new Set(carried)].slice(0, MAX_CARRIED).join(' ')}`;
};
