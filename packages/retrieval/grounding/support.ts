import { bears, type TextNumber } from './numbers.ts';
import type { Features, Unit } from './units.ts';

/** Below this a sentence counts as unsupported. Fitted on sentences of other pages and on sentences with one thing changed: docs/adr on grounding. */
export const SUPPORT_THRESHOLD = 0.6;

/** Content words carry the score; the order of neighbours tells a statement from a bag of its words. */
const ORDER_SHARE = 0.2;
const ORDER_UNKNOWN = 0.7;
/** What is left of the score when none of the statement's numbers stands in the window (the passage at large counts half). */
const NO_NUMBER_LEFT = 0.3;
const OPPOSITE_LEFT = 0.45;

/** Stems of changes of direction: a statement that turns one round says the opposite with nearly the same words. */
export const UP: ReadonlySet<string> = new Set([
  'increas',
  'rise',
  'rose',
  'risen',
  'grow',
  'grew',
  'grown',
  'growth',
  'gain',
  'improv',
  'higher',
  'up',
  'stieg',
  'steig',
  'gestieg',
  'erhoht',
  'wuch',
  'gewach',
  'hoh',
]);
export const DOWN: ReadonlySet<string> = new Set([
  'decreas',
  'declin',
  'fell',
  'fall',
  'fallen',
  'drop',
  'reduc',
  'lower',
  'down',
  'shrank',
  'shrink',
  'sank',
  'sink',
  'gesunk',
  'verringert',
  'niedrig',
  'ruckgang',
]);
const NEGATIONS = new Set(['not', 'no', 'never', 'neither', 'nor', 'without', 'cannot', 'nicht', 'kein', 'nie', 'ohn', 'weder']);

const hasAny = (terms: Iterable<string>, set: ReadonlySet<string>): boolean => {
  for (const term of terms) if (set.has(term)) return true;
  return false;
};

/** Whether the two say that something went different ways, or only one of them denies. */
const contradicts = (statement: Features, unit: Unit): boolean => {
  const up = hasAny(statement.terms, UP);
  const down = hasAny(statement.terms, DOWN);
  if (up !== down) {
    const unitUp = hasAny(unit.terms, UP);
    const unitDown = hasAny(unit.terms, DOWN);
    if (unitUp !== unitDown && unitUp !== up) return true;
  }
  return hasAny(statement.terms, NEGATIONS) !== hasAny(unit.terms, NEGATIONS);
};

export interface Weigh {
  /** How much a content word says: rare words more than common ones. */
  (term: string): number;
}

export interface Evidence {
  readonly features: Features;
  /** Words that count as known wherever they stand: the document's name, its headings, the question. */
  readonly given: ReadonlySet<string>;
  readonly weigh: Weigh;
  /** The numbers of the whole passage that the unit stands in. */
  readonly passageNumbers: readonly TextNumber[];
}

const share = (wanted: readonly string[], has: (item: string) => boolean, weigh: Weigh): number => {
  let all = 0;
  let found = 0;
  for (const item of new Set(wanted)) {
    const weight = weigh(item);
    all += weight;
    if (has(item)) found += weight;
  }
  return all === 0 ? 0 : found / all;
};

/** How well a window of a passage bears a statement, 0..1. */
export const supportOf = ({ features, given, weigh, passageNumbers }: Evidence, unit: Unit): number => {
  const words = share(features.terms, (term) => unit.terms.has(term) || given.has(term), weigh);
  // Of the neighbours that both stand in the window: are they neighbours there too? Says little about rows of tables.
  const both = features.pairs.filter((pair) => pair.split(' ').every((term) => unit.terms.has(term)));
  const order =
    both.length === 0
      ? ORDER_UNKNOWN
      : share(
          both,
          (pair) => unit.pairs.has(pair),
          () => 1,
        );
  let score = features.terms.length === 0 ? 1 : words * (1 - ORDER_SHARE + ORDER_SHARE * order);
  if (features.numbers.length > 0) {
    const here = features.numbers.filter((number) => unit.numbers.some((source) => bears(source, number))).length;
    const near = features.numbers.filter((number) => passageNumbers.some((source) => bears(source, number))).length;
    const borne = (here + 0.5 * (near - here)) / features.numbers.length;
    score *= NO_NUMBER_LEFT + (1 - NO_NUMBER_LEFT) * borne;
  }
  return contradicts(features, unit) ? score * OPPOSITE_LEFT : score;
};
