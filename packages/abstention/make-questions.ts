import { sentenceSpans, STOP_WORDS } from '#retrieval';
import { FOREIGN_QUESTIONS, STRANGERS } from './foreign-questions.ts';

export interface MadeQuestion {
  readonly question: string;
  /** The same question about somebody that no document knows; null when it names nobody. */
  readonly ofStranger: string | null;
}

const WORD = /[\p{L}\p{N}][\p{L}\p{N}.,'’&/-]*[\p{L}\p{N}]|[\p{L}\p{N}]/gu;
const MIN_WORDS = 5;
const MAX_WORDS = 9;
const MIN_KEPT = 3;
const LABEL_PARTS = /[\s·–_.-]+/u;
const FORMS = {
  en: ['What is said about', 'What do we know of', 'Which', 'How about'],
  de: ['Was steht über', 'Was wissen wir von', 'Welche', 'Wie ist es mit'],
} as const;

/** The first word of a sentence has a capital whatever it is, and so has every noun in German: there the document's name must do. */
const namesIn = (words: readonly string[], sentence: string, language: string): Set<string> =>
  new Set(language === 'de' ? [] : words.filter((word) => /^\p{Lu}\p{Ll}/u.test(word) && !sentence.trimStart().startsWith(word)));

/** Of a question's words, this share is left out or is another's. With it, made questions find their passages as well as people's do (docs/eval.md). */
const NOISE = 0.25;
const OTHER_WORDS = FOREIGN_QUESTIONS.flatMap((question) => question.toLowerCase().match(/\p{L}{4,}/gu) ?? []);

/**
 * A question that a passage answers, by rule: the words of one of its sentences without its numbers, which are what people ask for, and with
 * some of them left out or put in other words, since nobody asks in the words of the text. Null when the sentence says too little.
 */
export const questionFrom = ({ text, language, label }: { text: string; language: string; label: string }, random: () => number): MadeQuestion | null => {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const spans = sentenceSpans(text);
  if (spans.length === 0) return null;
  const { start, end } = pick(spans);
  const sentence = text.slice(start, end);
  if (!/\p{L}{3,}.*[.!]["”)]?$/su.test(sentence)) return null;
  const stop = STOP_WORDS[language] ?? STOP_WORDS['en'];
  const words = (sentence.match(WORD) ?? []).filter((word) => !/\d/u.test(word) && word.length > 2 && stop?.has(word.toLowerCase()) !== true);
  if (words.length < MIN_WORDS) return null;
  const first = Math.floor(random() * Math.max(1, words.length - MAX_WORDS));
  const kept = words.slice(first, first + MAX_WORDS).flatMap((word) => (random() >= NOISE ? [word] : random() < 0.5 ? [] : [pick(OTHER_WORDS)]));
  if (kept.length < MIN_KEPT) return null;
  const isGerman = language === 'de';
  const form = pick(FORMS[isGerman ? 'de' : 'en']);
  // What people ask usually says whom it is about: half of the questions name the document, as its label does.
  const about = random() < 0.5 ? label.split(LABEL_PARTS).slice(0, 2).join(' ') : '';
  const ask = (parts: readonly string[], whom: string): string => `${form} ${parts.join(' ')}${whom === '' ? '' : ` ${isGerman ? 'bei' : 'of'} ${whom}`}?`;
  const names = namesIn(kept, sentence, language);
  if (about === '' && names.size === 0) return { question: ask(kept, ''), ofStranger: null };
  const stranger = pick(STRANGERS);
  return {
    question: ask(kept, about),
    ofStranger: ask(
      kept.map((word) => (names.has(word) ? stranger : word)),
      about === '' ? '' : stranger,
    ),
  };
};
