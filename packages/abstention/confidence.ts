import type { Evidence } from '#retrieval';

/** Logistic weights, fitted to questions of two public collections and to made ones (docs/eval.md, docs/adr/0035-abstention.md). */
const WITH_MEANING = { meaning: 9.2, words: 5.3, names: 4.2, bias: -8.1 } as const;
const BY_WORDS = { words: 7, names: 3, bias: -4.5 } as const;
/** A question that names nothing is as far from certain as from hopeless on that account. */
const NO_NAMES = 0.5;

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

/** Used before the first fit, and on boxes with too few passages to fit to: what refused least of what was answerable in both collections. */
export const BUILT_IN = { meaning: 0.25, words: 0.2 } as const;

/**
 * How likely the documents answer a question, 0..1, by what a search for it found: the best cosine, the share of its words that stand
 * together in one passage, and the same for what it names. Comparable within one embedding model alone.
 */
export const confidence = ({ meaning, words, names }: Evidence): number =>
  meaning === null
    ? sigmoid(BY_WORDS.words * words + BY_WORDS.names * (names ?? NO_NAMES) + BY_WORDS.bias)
    : sigmoid(WITH_MEANING.meaning * meaning + WITH_MEANING.words * words + WITH_MEANING.names * (names ?? NO_NAMES) + WITH_MEANING.bias);
