import { stem } from './stem.ts';
import { STOP_WORDS } from './stop-words.ts';

/** One word, number or code of a text, with the terms that it is indexed and found under. */
export interface Token {
  readonly start: number;
  readonly end: number;
  /** The first is the token itself (stem or exact form); the others are its parts ("10-K": 10k, 10, k). Empty for a stop word. */
  readonly terms: readonly string[];
}

const TOKEN = /[\p{L}\p{N}][\p{L}\p{M}\p{N}\u00AD]*(?:[.,'’\-‑/&_][\p{L}\p{N}][\p{L}\p{M}\p{N}\u00AD]*)*/gu;
const HAN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
const NUMBER = /^\d[\d.,]*$/u;

/** 17,606 and 17.606 -> 17606; 3,5 -> 3.5; 007 stays. */
export const normalNumber = (text: string): string =>
  /^\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*$/u.test(text)
    ? text.replace(/[.,]/gu, '')
    : text
        .replace(/[.,](?=\d{3}(?:[.,]\d))/gu, '')
        .replace(',', '.')
        .replace(/(\.\d*?)0+$/u, '$1')
        .replace(/\.$/u, '');

/** FY2023, FY23, Q2'2023, Q22023, 2Q23: the parts that a reader sees in them. */
const periodParts = (word: string): string[] | null => {
  const match = /^(fy|cy|q[1-4]|h[12]|[1-4]q|[12]h)(?:fy)?['’]?((?:19|20)?\d\d)$/u.exec(word);
  if (match?.[1] === undefined || match[2] === undefined) return null;
  const year = match[2].length === 2 ? `20${match[2]}` : match[2];
  const span = /^[1-4]q$|^[12]h$/u.test(match[1]) ? match[1][1]! + match[1][0]! : match[1];
  return [`${span}${year}`, span, year];
};

const codeTerms = (word: string): string[] => {
  const period = periodParts(word.replace(/[-/_]/gu, ''));
  if (period !== null) return period;
  const joined = word.replace(/[^\p{L}\p{N}]/gu, '');
  const parts = word.split(/[^\p{L}\p{N}]+|(?<=\p{L})(?=\d)|(?<=\d)(?=\p{L})/u).filter((part) => part.length > 1 || /\d/u.test(part));
  return [...new Set([joined, ...parts])];
};

const hanTerms = (word: string): string[] => (word.length < 2 ? [word] : Array.from({ length: word.length - 1 }, (_, at) => word.slice(at, at + 2)));

const termsOf = (raw: string, language: string): string[] => {
  const word = raw
    .normalize('NFKC')
    .replaceAll('\u00AD', '')
    .toLowerCase()
    .replace(/['’]s?$/u, '')
    .replace(/['’]s$/u, '');
  if (NUMBER.test(word)) return [normalNumber(word)];
  if (HAN.test(word)) return hanTerms(word);
  if (/\d/u.test(word)) return codeTerms(word);
  if (STOP_WORDS[language]?.has(word) === true) return [];
  if (/[^\p{L}\p{M}]/u.test(word)) {
    const parts = word.split(/[^\p{L}\p{M}]+/u).filter((part) => part !== '');
    const joined = parts.join('');
    const kept = parts.filter((part) => part.length > 1 && STOP_WORDS[language]?.has(part) !== true).map((part) => stem(part, language));
    return [...new Set([stem(joined, language), ...kept])];
  }
  return [stem(word, language)];
};

/** The tokens of a text in order, with their terms in the given language (ISO 639-1). Numbers and codes stay as they are; words are stemmed. */
export const tokenize = (text: string, language: string): Token[] => {
  const tokens: Token[] = [];
  for (const match of text.matchAll(TOKEN)) {
    tokens.push({ start: match.index, end: match.index + match[0].length, terms: termsOf(match[0], language) });
  }
  return tokens;
};

/** How often each term occurs. */
export const countTerms = (text: string, language: string, weight = 1, into = new Map<string, number>()): Map<string, number> => {
  for (const { terms } of tokenize(text, language)) for (const term of terms) into.set(term, (into.get(term) ?? 0) + weight);
  return into;
};
