export interface Fit {
  readonly threshold: number;
  readonly falseAnswers: number;
  readonly falseRefusals: number;
}

/** Of a hundred questions that the documents answer, at most four may be refused for the sake of the others. */
const MAX_FALSE_REFUSALS = 0.04;

const below = (values: readonly number[], threshold: number): number => values.filter((value) => value < threshold).length;

/** What a threshold does: who has less confidence is refused. */
export const judgeThreshold = (answerable: readonly number[], unanswerable: readonly number[], threshold: number): Fit => ({
  threshold,
  falseRefusals: below(answerable, threshold),
  falseAnswers: unanswerable.length - below(unanswerable, threshold),
});

/**
 * The threshold that lets the fewest unanswerable questions through while it refuses at most 4 % of the answerable ones. Where
 * several do the same, the middle of them: the questions that come differ from those it was fitted to, on both sides.
 */
export const fitThreshold = (answerable: readonly number[], unanswerable: readonly number[]): Fit => {
  const borders = [...new Set([0, ...answerable, ...unanswerable, 1])].sort((a, b) => a - b);
  const candidates = borders
    .slice(1)
    .map((border, at) => judgeThreshold(answerable, unanswerable, (border + borders[at]!) / 2))
    .filter(({ falseRefusals }) => falseRefusals <= MAX_FALSE_REFUSALS * answerable.length);
  const fewest = Math.min(...candidates.map(({ falseAnswers }) => falseAnswers));
  const best = candidates.filter(({ falseAnswers }) => falseAnswers === fewest);
  if (best.length === 0) return judgeThreshold(answerable, unanswerable, 0);
  return judgeThreshold(answerable, unanswerable, (best[0]!.threshold + best.at(-1)!.threshold) / 2);
};
