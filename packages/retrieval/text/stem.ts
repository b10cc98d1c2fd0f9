import snowball from 'snowball-stemmers';

const ALGORITHMS: Readonly<Record<string, string>> = {
  da: 'danish',
  de: 'german',
  en: 'english',
  es: 'spanish',
  fi: 'finnish',
  fr: 'french',
  hu: 'hungarian',
  it: 'italian',
  nl: 'dutch',
  no: 'norwegian',
  pt: 'portuguese',
  ro: 'romanian',
  ru: 'russian',
  sv: 'swedish',
  tr: 'turkish',
};

/** A word costs 5 µs to stem and 0.05 µs to look up; a corpus uses few distinct words. */
const CACHE_WORDS = 50_000;

interface Stemmer {
  stem(word: string): string;
}

const stemmers = new Map<string, { stemmer: Stemmer; cache: Map<string, string> }>();

const fold = (word: string): string => word.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('ß', 'ss');

/** The Snowball stem of a lower-case word in a language (ISO 639-1), without diacritics. A language without rules keeps the word. */
export const stem = (word: string, language: string): string => {
  const algorithm = ALGORITHMS[language];
  if (algorithm === undefined) return fold(word);
  let known = stemmers.get(language);
  if (known === undefined) stemmers.set(language, (known = { stemmer: snowball.newStemmer(algorithm), cache: new Map() }));
  const { stemmer, cache } = known;
  let result = cache.get(word);
  if (result === undefined) {
    result = fold(stemmer.stem(word));
    if (cache.size >= CACHE_WORDS) cache.clear();
    cache.set(word, result);
  }
  return result;
};
