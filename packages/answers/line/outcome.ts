import { sql } from 'kysely';
import type { Db, Tx } from '#db';
import { ratioOf, remember } from './calibration.ts';
import { followCool, learnCosts, type CostSample, type Costs } from './costs.ts';
import { toCosts } from './costs-row.ts';
import { classOf } from './line-job.ts';

/** What a job took of the accelerator. */
export interface Spent {
  usedMs: number;
  loadMs: number;
}

/** Writes down who held the accelerator for how long. Call it before the job's place in line is given up. */
export const recordUsage = async (tx: Tx, jobId: string, { usedMs, loadMs }: Spent, model: string | null): Promise<void> => {
  const job = await tx
    .selectFrom('llm_jobs as j')
    .innerJoin('llm_queue as q', 'q.job_id', 'j.id')
    .leftJoin('llm_weights as w', 'w.user_id', 'j.user_id')
    .select([
      'j.workspace_id',
      'j.user_id',
      'q.priority',
      'w.weight',
      sql<number>`extract(epoch from q.started_at - j.created_at)::float8 * 1000`.as('waited_ms'),
    ])
    .where('j.id', '=', jobId)
    .executeTakeFirst();
  if (!job) return;
  await tx
    .insertInto('llm_usage')
    .values({
      workspace_id: job.workspace_id,
      user_id: job.user_id,
      job_id: jobId,
      class: classOf(job.priority),
      model,
      used_ms: Math.max(0, usedMs),
      load_ms: Math.max(0, loadMs),
      waited_ms: Math.max(0, job.waited_ms ?? 0),
      weight: job.weight ?? 1,
    })
    .execute();
};

/** Compares the first ticket with what happened, and lets later tickets learn from it. */
export const recordWait = async (tx: Tx, jobId: string, waitedMs: number, model: string | null): Promise<void> => {
  const row = await tx
    .updateTable('llm_predictions')
    .set({ waited_ms: Math.round(waitedMs), model, finished_at: sql`clock_timestamp()` })
    .where('job_id', '=', jobId)
    .where('waited_ms', 'is', null)
    .returning(['bucket', 'raw_ms'])
    .executeTakeFirst();
  if (!row) return;
  const known = await tx.selectFrom('llm_calibration').select('ratios').where('bucket', '=', row.bucket).forUpdate().executeTakeFirst();
  const ratios = remember(known?.ratios ?? [], ratioOf(waitedMs, row.raw_ms));
  await tx
    .insertInto('llm_calibration')
    .values({ bucket: row.bucket, ratios })
    .onConflict((conflict) => conflict.column('bucket').doUpdateSet({ ratios, updated_at: sql`now()` }))
    .execute();
};

/** What a model's answers of a kind have cost, over everybody; null while nothing was measured. */
export const findCosts = async (db: Db, model: string, kind: string): Promise<Costs | null> => {
  const row = await db.selectFrom('llm_costs').selectAll().where('model', '=', model).where('kind', '=', kind).where('user_id', '=', 0).executeTakeFirst();
  return row ? toCosts(row) : null;
};

/** Adds one finished answer to what its model, and this person's answers, cost; of a hot machine not to the pace of a cool one. */
export const recordCosts = async (
  tx: Tx,
  { model, kind, userId }: { model: string; kind: string; userId: number | null },
  sample: CostSample,
  { isHot }: { isHot: boolean },
): Promise<void> => {
  for (const user of userId === null ? [0] : [0, userId]) {
    const row = await tx
      .selectFrom('llm_costs')
      .selectAll()
      .where('model', '=', model)
      .where('kind', '=', kind)
      .where('user_id', '=', user)
      .forUpdate()
      .executeTakeFirst();
    const known = row ? toCosts(row) : null;
    const costs = learnCosts(known, sample);
    const cooler = (before: number | null | undefined, value: number): number | null => (isHot ? (before ?? null) : followCool(before ?? null, value));
    const values = {
      samples: costs.samples,
      known_tokens: costs.knownTokens,
      fresh_tokens: costs.freshTokens,
      answer_tokens: costs.answerTokens,
      overhead_ms: costs.overheadMs,
      prefill_ms_per_token: costs.prefillMsPerToken,
      decode_ms_per_token: costs.decodeMsPerToken,
      cool_prefill_ms_per_token: cooler(row?.cool_prefill_ms_per_token, sample.prefillMsPerToken),
      cool_decode_ms_per_token: cooler(row?.cool_decode_ms_per_token, sample.decodeMsPerToken),
      updated_at: sql<Date>`now()`,
    };
    await tx
      .insertInto('llm_costs')
      .values({ model, kind, user_id: user, ...values })
      .onConflict((conflict) => conflict.columns(['model', 'kind', 'user_id']).doUpdateSet(values))
      .execute();
  }
};
