/** How the stages' scores are put together. Measured on both sets: see docs/adr on retrieval. */
export interface FusionWeights {
  /** Share of meaning; words have the rest. */
  readonly meaning: number;
  /** What a document gets that the question names. */
  readonly name: number;
  /** What a passage gets of the best other passage on its page. */
  readonly page: number;
}

export const FUSION: FusionWeights = { meaning: 0.7, name: 0.25, page: 0.15 };

export interface StageScores {
  /** BM25, 0 and up. */
  readonly words: number;
  /** Cosine, -1..1; null where the passage has no embedding (yet). */
  readonly meaning: number | null;
  /** How well the question names the passage's document, 0..1. */
  readonly name: number;
  /** Passages with the same value stand on the same page. */
  readonly page: string;
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

/** The two best of each page. */
const bestOnPages = (candidates: readonly StageScores[], scores: readonly number[]): Map<string, [number, number]> => {
  const best = new Map<string, [number, number]>();
  candidates.forEach(({ page }, at) => {
    const score = scores[at]!;
    const [first, second] = best.get(page) ?? [0, 0];
    best.set(page, score > first ? [score, first] : [first, Math.max(second, score)]);
  });
  return best;
};

/**
 * One score of 0..1 for each candidate. Words and meaning are scaled to 0..1 over the candidates and mixed; then the
 * document's name and the neighbours on the page are counted in. A passage that has no embedding yet is judged by its words
 * alone, as if its meaning were as good: new pages are not buried while they wait.
 */
export const fuse = (candidates: readonly StageScores[], weights: FusionWeights = FUSION): number[] => {
  const words = rangeOf(candidates.map((candidate) => candidate.words));
  const meaning = rangeOf(candidates.flatMap((candidate) => candidate.meaning ?? []));
  const own = candidates.map((candidate) => {
    const byWords = scaled(candidate.words, { min: 0, max: words.max });
    const byMeaning = candidate.meaning === null ? byWords : scaled(candidate.meaning, meaning);
    return (1 - weights.meaning) * byWords + weights.meaning * byMeaning + weights.name * candidate.name;
  });
  const pages = bestOnPages(candidates, own);
  const full = 1 + weights.name + weights.page * (1 + weights.name);
  return candidates.map(({ page }, at) => {
    const [first, second] = pages.get(page)!;
    return (own[at]! + weights.page * (own[at] === first ? second : first)) / full;
  });
};
