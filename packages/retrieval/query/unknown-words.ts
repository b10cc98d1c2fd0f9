import { stem } from '../text/stem.ts';
import type { QueryTerm } from '../words/bm25.ts';

/** The words that the indexed passages have. */
export interface Vocabulary {
  has(term: string): boolean;
  terms(): Iterable<string>;
}

/** A guess counts less than what was typed. */
const GUESS_WEIGHT = 0.7;
const MOST_GUESSES = 6;
const MIN_LETTERS = 4;
/** From so many letters on, two slips of the finger are forgiven. */
const LONG_LETTERS = 8;
const MIN_PART = 4;
/** What German puts between the parts of a compound. */
const LINKS = ['', 's', 'es', 'n', 'en', 'er'];

/** Edits between two words, neighbours swapped being one (Damerau, restricted); `most + 1` when there are more. */
export const editDistance = (a: string, b: string, most: number): number => {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let row = 1; row <= a.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1;
      let best = Math.min(last[column]! + 1, line[column - 1]! + 1, last[column - 1]! + cost);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) best = Math.min(best, before[column - 2]! + 1);
      line.push(best);
    }
    if (Math.min(...line) > most) return most + 1;
    [before, last] = [last, line];
  }
  return last[b.length]!;
};

/** Known words that the typed one is a slip away from, the nearest alone. The first letter is hardly ever the wrong one. */
const misspelt = (word: string, vocabulary: Vocabulary): string[] => {
  let most = word.length >= LONG_LETTERS ? 2 : 1;
  let found: string[] = [];
  for (const term of vocabulary.terms()) {
    if (term[0] !== word[0] || Math.abs(term.length - word.length) > most || /\d/u.test(term)) continue;
    const distance = editDistance(word, term, most);
    if (distance > most) continue;
    if (distance < most) [most, found] = [distance, []];
    found.push(term);
  }
  return found.slice(0, MOST_GUESSES);
};

/** The parts of a compound that no passage has as one word, when passages have both: Kündigungsfrist, Frist der Kündigung. */
const parts = (word: string, vocabulary: Vocabulary): string[] => {
  for (let cut = word.length - MIN_PART; cut >= MIN_PART; cut -= 1) {
    const tail = stem(word.slice(cut), 'de');
    if (!vocabulary.has(tail)) continue;
    for (const link of LINKS) {
      if (!word.slice(0, cut).endsWith(link)) continue;
      const head = word.slice(0, cut - link.length);
      if (head.length < MIN_PART) continue;
      const known = [stem(head, 'de'), head].find((each) => vocabulary.has(each));
      if (known !== undefined) return [known, tail];
    }
  }
  return [];
};

/** Compounds that end with a word that no passage has alone: Frist, Kündigungsfrist. */
const compounds = (word: string, vocabulary: Vocabulary): string[] => {
  const found: string[] = [];
  for (const term of vocabulary.terms()) if (term.length >= word.length + MIN_PART - 1 && term.endsWith(word)) found.push(term);
  return found.slice(0, MOST_GUESSES);
};

/**
 * A word of the question that no passage has, with the words that were likely meant: one that is spelt nearly so, or, in German, the parts
 * of a compound and compounds of it. Words that any passage has, numbers and codes stay as they are: what is exact is looked for exactly.
 */
export const withGuesses = (term: QueryTerm, vocabulary: Vocabulary, languages: readonly string[]): QueryTerm => {
  const [word = ''] = term.terms;
  if (word.length < MIN_LETTERS || /\d/u.test(word) || term.terms.some((form) => vocabulary.has(form))) return term;
  let guesses = misspelt(word, vocabulary);
  if (guesses.length === 0 && languages.includes('de')) {
    guesses = parts(word, vocabulary);
    if (guesses.length === 0) guesses = compounds(word, vocabulary);
  }
  return guesses.length === 0 ? term : { terms: [...term.terms, ...guesses], weight: term.weight * GUESS_WEIGHT };
};
