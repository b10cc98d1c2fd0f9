/** How the two kinds of score are put together. Measured on both sets: see docs/adr on retrieval. */
export const MEANING_WEIGHT = 0.7;

export interface StageScores {
  /** BM25, 0 and up. */
  readonly words: number;
  /** Cosine, -1..1; null where the passage has no embedding (yet). */
  readonly meaning: number | null;
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
 * One score of 0..1 for each candidate: both kinds scaled to 0..1 over the candidates, then mixed. A passage that has no
 * embedding yet is judged by its words alone, as if its meaning were as good as its words: new pages are not buried while they wait.
 */
export const fuse = (candidates: readonly StageScores[], meaningWeight = MEANING_WEIGHT): number[] => {
  const words = rangeOf(candidates.map((candidate) => candidate.words));
  const meaning = rangeOf(candidates.flatMap((candidate) => candidate.meaning ?? []));
  return candidates.map((candidate) => {
    const byWords = scaled(candidate.words, { min: 0, max: words.max });
    const byMeaning = candidate.meaning === null ? byWords : scaled(candidate.meaning, meaning);
    return (1 - meaningWeight) * byWords + meaningWeight * byMeaning;
  });
};
