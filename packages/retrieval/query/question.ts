import { STOP_WORDS } from '../text/stop-words.ts';
import { tokenize } from '../text/tokens.ts';
import type { QueryTerm } from '../words/bm25.ts';

export interface Phrase {
  /** As it must stand in the text, folded to lower case, with single spaces. */
  readonly text: string;
  /** The terms that a passage must have to hold it. */
  readonly terms: readonly QueryTerm[];
}

export interface Question {
  /** What the question is about, without instructions for the answer's form. */
  readonly text: string;
  readonly terms: readonly QueryTerm[];
  /** Of these, what names something: words with a capital letter within a sentence, codes and abbreviations. */
  readonly names: readonly QueryTerm[];
  /** Quoted parts: passages without them are not wanted. */
  readonly phrases: readonly Phrase[];
}

/** Has no stop words: a question of nothing else ("to be or not to be") is looked for as it is. */
const NO_LANGUAGE = 'und';
const FALLBACK_LANGUAGES = ['en'];
const PHRASE = /["“„»«]([^"“”„»«]{2,200})["”“«»]/gu;

/** The language whose small words the text uses most; the first (the box's commonest) when none tells. */
const spokenLanguage = (text: string, languages: readonly string[]): number => {
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const hits = languages.map((language) => words.filter((word) => STOP_WORDS[language]?.has(word) === true).length);
  return hits.indexOf(Math.max(...hits));
};

/** Capitals at the start of a sentence say nothing; "10-K" and "FY2023" are names of a kind, bare numbers are not. */
const isName = (text: string, start: number, end: number): boolean => {
  const word = text.slice(start, end);
  if (/\d/u.test(word)) return /\p{L}/u.test(word) && !/^(?:fy|cy|q[1-4]|h[12])['’]?(?:\d\d){0,2}$/iu.test(word);
  if (!/\p{Lu}/u.test(word)) return false;
  return /\p{L}\p{Lu}/u.test(word) || !/(?:^|[.!?:;]\s+|["“„«(]\s*)$/u.test(text.slice(0, start));
};

const termsOf = (text: string, languages: readonly string[], only: (start: number, end: number) => boolean = () => true): QueryTerm[] => {
  const byLanguage = languages.map((language) => tokenize(text, language));
  const spoken = byLanguage[spokenLanguage(text, languages)] ?? [];
  return spoken.flatMap(({ terms, start, end }, at) =>
    !only(start, end)
      ? []
      : // A word is stemmed by the rules of every language that the box holds; the forms count as one word.
        terms.map((term, part) => ({ terms: [...new Set([term, ...byLanguage.flatMap((tokens) => tokens[at]?.terms[part] ?? [])])], weight: 1 })),
  );
};

export const foldSpaces = (text: string): string => text.normalize('NFKC').toLowerCase().replaceAll('\u00AD', '').replace(/\s+/gu, ' ').trim();

/** What to look for. `languages` (ISO 639-1) are those of the indexed passages. */
export const analyzeQuestion = (query: string, languages: readonly string[]): Question => {
  const known = languages.length > 0 ? languages : FALLBACK_LANGUAGES;
  const text = query.replace(/\s+/gu, ' ').trim();
  let terms = termsOf(text, known);
  if (terms.length === 0) terms = termsOf(text, [NO_LANGUAGE]);
  const phrases = [...text.matchAll(PHRASE)].map(([, phrase = '']) => ({ text: foldSpaces(phrase), terms: termsOf(phrase, known) }));
  const names = termsOf(text, known, (start, end) => isName(text, start, end));
  return { text, terms, names, phrases };
};
