/** What answering with a model costs, as exponentially weighted means; times in milliseconds. */
export interface Costs {
  samples: number;
  /** Tokens of what was asked, as known when it was. */
  knownTokens: number;
  /** Tokens of the prompt that the runtime really had to read. */
  freshTokens: number;
  answerTokens: number;
  /** From the first byte of work to the first token, less the reading: retrieval, checks, the way there. */
  overheadMs: number;
  prefillMsPerToken: number;
  decodeMsPerToken: number;
}

/** One finished answer. */
export type CostSample = Omit<Costs, 'samples'>;

/** The newest answer weighs a tenth, so that the means follow a change of load within about twenty answers. */
const NEWEST_WEIGHT = 0.1;
/** A person's own habit counts as much as everybody's after so many answers. */
const SHRINKAGE = 5;
/** Letters per token of European languages, about. */
const LETTERS_PER_TOKEN = 4;

const fields = ['knownTokens', 'freshTokens', 'answerTokens', 'overheadMs', 'prefillMsPerToken', 'decodeMsPerToken'] as const;

export const tokensOf = (letters: number): number => letters / LETTERS_PER_TOKEN;

/** Means after one more answer: plain ones of the first ten, then exponentially weighted. */
export const learnCosts = (known: Costs | null, sample: CostSample): Costs => {
  const samples = (known?.samples ?? 0) + 1;
  const weight = Math.max(1 / samples, NEWEST_WEIGHT);
  return {
    samples,
    ...(Object.fromEntries(
      fields.map((field) => {
        // An answer of one token says nothing of what a token takes.
        if (field === 'decodeMsPerToken' && known && sample[field] === 0) return [field, known[field]];
        return [field, known ? known[field] + weight * (sample[field] - known[field]) : sample[field]];
      }),
    ) as CostSample),
  };
};

/** The pace of a cool machine after one more answer on one. */
export const followCool = (before: number | null, msPerToken: number): number | null => {
  if (msPerToken === 0) return before;
  return before === null ? msPerToken : before + NEWEST_WEIGHT * (msPerToken - before);
};

export interface PredictedCost {
  /** Until the first token. */
  firstMs: number;
  /** Until the last. */
  serviceMs: number;
}

/**
 * What a question will take: its own length, the answers that this person usually gets, and the measured rates. Null while
 * nothing was measured.
 */
export const predictCost = (all: Costs | null, own: Costs | null, asked: { knownTokens: number; maxTokens: number | null }): PredictedCost | null => {
  if (!all) return null;
  const blend = (field: 'freshTokens' | 'answerTokens' | 'knownTokens'): number =>
    own ? (own.samples * own[field] + SHRINKAGE * all[field]) / (own.samples + SHRINKAGE) : all[field];
  // What is longer than usual is read as well; what is shorter still gets its passages.
  const freshTokens = Math.max(1, blend('freshTokens') + Math.max(-blend('freshTokens') / 2, asked.knownTokens - blend('knownTokens')));
  const answerTokens = Math.min(asked.maxTokens ?? Infinity, Math.max(1, blend('answerTokens')));
  const firstMs = all.overheadMs + freshTokens * all.prefillMsPerToken;
  return { firstMs, serviceMs: firstMs + answerTokens * all.decodeMsPerToken };
};
