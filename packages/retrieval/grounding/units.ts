import { sentenceSpans } from '../text/sentences.ts';
import { tokenize } from '../text/tokens.ts';
import type { TextSpan } from '../types.ts';
import { numbersIn, type TextNumber } from './numbers.ts';
import type { GroundingPassage } from './types.ts';

/** One or two neighbouring sentences (or table rows) of a passage: what a statement is compared with, and what is quoted. */
export interface Unit extends TextSpan {
  readonly passage: number;
  readonly terms: ReadonlySet<string>;
  readonly pairs: ReadonlySet<string>;
  readonly numbers: readonly TextNumber[];
  readonly sentences: number;
}

export interface Features {
  /** Content words, in order. Numbers are compared as numbers. */
  readonly terms: readonly string[];
  readonly pairs: readonly string[];
  readonly numbers: readonly TextNumber[];
}

const FALLBACK_LANGUAGE = 'en';

/** Numbers and periods (FY2022, Q3) are compared as numbers, so are scales and units. */
const NUMERIC = /^\d|^(?:fy|cy|q[1-4]|h[12])\d*$/u;
const SCALE_OR_UNIT = /^(?:thousand|million|billion|trillion|percent|percentag|dollar|usd|eur|euro|tausend|million|milliard|prozent|mio|mrd|tsd|mn|bn)$/u;

/** What a text says, in a form that can be compared. */
export const featuresOf = (text: string, language = FALLBACK_LANGUAGE): Features => {
  const terms = tokenize(text, language).flatMap(({ terms: [first = ''] }) => (first === '' || NUMERIC.test(first) || SCALE_OR_UNIT.test(first) ? [] : first));
  return { terms, pairs: terms.slice(1).map((term, at) => `${terms[at]} ${term}`), numbers: numbersIn(text) };
};

/** Neighbours up to this many characters are also compared together: a statement often joins two sentences. */
const MAX_PAIR_CHARS = 700;

const toUnit = (text: string, span: TextSpan, passage: number, sentences: number, language?: string): Unit => {
  const { terms, pairs, numbers } = featuresOf(text.slice(span.start, span.end), language);
  return { ...span, passage, terms: new Set(terms), pairs: new Set(pairs), numbers, sentences };
};

/** All windows of one and two sentences of the passages. */
export const unitsOfPassages = (passages: readonly GroundingPassage[]): Unit[] =>
  passages.flatMap(({ text, language }, passage) => {
    const spans = sentenceSpans(text);
    return spans.flatMap((span, at) => {
      const next = spans[at + 1];
      const single = toUnit(text, span, passage, 1, language);
      if (next === undefined || next.end - span.start > MAX_PAIR_CHARS) return [single];
      return [single, toUnit(text, { start: span.start, end: next.end }, passage, 2, language)];
    });
  });
