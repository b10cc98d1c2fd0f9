/** How the stages' scores are put together. Measured on both sets: see docs/adr on retrieval. */
export interface FusionWeights {
  /** Share of meaning; words have the rest. */
  readonly meaning: number;
  /** What a document gets that the question names. */
  readonly name: number;
  /** How far the question's vector is moved towards those of the passages that come first by meaning. */
  readonly feedback: number;
}

export const FUSION: FusionWeights = { meaning: 0.6, name: 0.25, feedback: 0.3 };

export interface StageScores {
  /** BM25, 0 and up. */
  readonly words: number;
  /** Cosine, -1..1; null where the passage has no embedding (yet). */
  readonly meaning: number | null;
  /** How well the question names the passage's document, 0..1. */
  readonly name: number;
}

interface Range {
  readonly min: number;
  readonly max: number;
}

const rangeOf = (values: readonly number[]): Range => {
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
};

const scaled = (value: number, { min, max }: Range): number => (max > min ? (value - min) / (max - min) : max > 0 ? 1 : 0);

/**
 * One score of 0..1 for each candidate. Words and meaning are scaled to 0..1 over the candidates and mixed; then the
 * document's name is counted in. A passage that has no embedding yet is judged by its words alone, as if its meaning were
 * as good: new pages are not buried while they wait.
 */
export const fuse = (candidates: readonly StageScores[], weights: Pick<FusionWeights, 'meaning' | 'name'> = FUSION): number[] => {
  const words = rangeOf(candidates.map((candidate) => candidate.words));
  const meaning = rangeOf(candidates.flatMap((candidate) => candidate.meaning ?? []));
  return candidates.map((candidate) => {
    const byWords = scaled(candidate.words, { min: 0, max: words.max });
    const byMeaning = candidate.meaning === null ? byWords : scaled(candidate.meaning, meaning);
    return ((1 - weights.meaning) * byWords + weights.meaning * byMeaning + weights.name * candidate.name) / (1 + weights.name);
  });
};
