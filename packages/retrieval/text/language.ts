import { eld } from 'eld/small';

/** Fewer letters than this say too little. */
const MIN_LETTERS = 60;
const SAMPLE_CHARS = 6_000;

/** The language of a text (ISO 639-1), or null when it is too short or unclear. */
export const detectLanguage = (text: string): string | null => {
  const sample = text.slice(0, SAMPLE_CHARS);
  if ((sample.match(/\p{L}/gu)?.length ?? 0) < MIN_LETTERS) return null;
  const found = eld.detect(sample);
  return found.language === '' || !found.isReliable() ? null : found.language;
};
