import type { Db, LlmRates } from '#db';
import type { Selectable } from 'kysely';

/** What answering has cost lately, in milliseconds. */
export interface Rates {
  samples: number;
  /** From the first byte of work to the last. */
  serviceMs: number;
  serviceMsVariance: number;
  /** From the first byte of work to the first token. */
  firstTokenMs: number;
  firstTokenMsVariance: number;
  prefillMsPerToken: number | null;
  decodeMsPerToken: number | null;
  answerTokens: number | null;
}

/** One finished answer. Parts that its runtime did not measure are left out. */
export interface RateSample {
  serviceMs: number;
  firstTokenMs: number;
  prefillMsPerToken?: number;
  decodeMsPerToken?: number;
  answerTokens?: number;
  /** Of the prompt, those whose state was not there yet. */
  freshTokens?: number;
}

/** The newest answer weighs a tenth, so that the means follow a change of load within about twenty answers. */
const NEWEST_WEIGHT = 0.1;

/** Rates after one more answer: a plain mean of the first ten, then an exponentially weighted one (West 1979 for the variance). */
export const learn = (known: Rates | null, sample: RateSample): Rates => {
  const samples = (known?.samples ?? 0) + 1;
  const weight = Math.max(1 / samples, NEWEST_WEIGHT);
  const mean = (before: number | null | undefined, value: number | undefined): number | null =>
    value === undefined ? (before ?? null) : before == null ? value : before + weight * (value - before);
  const variance = (before: number | undefined, beforeMean: number | undefined, value: number): number =>
    before === undefined || beforeMean === undefined ? 0 : (1 - weight) * (before + weight * (value - beforeMean) ** 2);
  return {
    samples,
    serviceMs: mean(known?.serviceMs, sample.serviceMs)!,
    serviceMsVariance: variance(known?.serviceMsVariance, known?.serviceMs, sample.serviceMs),
    firstTokenMs: mean(known?.firstTokenMs, sample.firstTokenMs)!,
    firstTokenMsVariance: variance(known?.firstTokenMsVariance, known?.firstTokenMs, sample.firstTokenMs),
    prefillMsPerToken: mean(known?.prefillMsPerToken, sample.prefillMsPerToken),
    decodeMsPerToken: mean(known?.decodeMsPerToken, sample.decodeMsPerToken),
    answerTokens: mean(known?.answerTokens, sample.answerTokens),
  };
};

const fromRow = (row: Selectable<LlmRates>): Rates => ({
  samples: row.samples,
  serviceMs: row.service_ms,
  serviceMsVariance: row.service_ms_variance,
  firstTokenMs: row.first_token_ms,
  firstTokenMsVariance: row.first_token_ms_variance,
  prefillMsPerToken: row.prefill_ms_per_token,
  decodeMsPerToken: row.decode_ms_per_token,
  answerTokens: row.answer_tokens,
});

/** Rates of the model that answered last, which is the one that answers next; null while nothing was measured. */
export const findRates = async (db: Db): Promise<Rates | null> => {
  const row = await db.selectFrom('llm_rates').selectAll().orderBy('updated_at', 'desc').limit(1).executeTakeFirst();
  return row ? fromRow(row) : null;
};

/** Adds one finished answer of `model` ('' without a model) to the rates. Call it inside a transaction. */
export const recordRates = async (tx: Db, model: string, sample: RateSample): Promise<void> => {
  const known = await tx.selectFrom('llm_rates').selectAll().where('model', '=', model).forUpdate().executeTakeFirst();
  const rates = learn(known ? fromRow(known) : null, sample);
  const row = {
    samples: rates.samples,
    service_ms: rates.serviceMs,
    service_ms_variance: rates.serviceMsVariance,
    first_token_ms: rates.firstTokenMs,
    first_token_ms_variance: rates.firstTokenMsVariance,
    prefill_ms_per_token: rates.prefillMsPerToken,
    decode_ms_per_token: rates.decodeMsPerToken,
    answer_tokens: rates.answerTokens,
    updated_at: new Date(),
  };
  await tx
    .insertInto('llm_rates')
    .values({ model, ...row })
    .onConflict((conflict) => conflict.column('model').doUpdateSet(row))
    .execute();
};
