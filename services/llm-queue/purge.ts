import { sql } from 'kysely';
import { compactJobEvents } from '#answers';
import type { Database } from '#db';
import { defineJob, exponential } from '#queue';
import { z } from 'zod';

/** How long a deleted conversation can be restored. */
const KEEP_DELETED_DAYS = 30;
/** Jobs of the OpenAI-compatible API belong to no conversation that could be deleted. */
const KEEP_COMPLETIONS_DAYS = 30;
/** The pages of fairness and of the estimates' honesty look back 90 days at most. */
const KEEP_USAGE_DAYS = 100;
export const PURGE_EVERY_MS = 60 * 60_000;
const BATCH = 500;

export const purgeJob = defineJob('llm.purge', { payload: z.object({}), attempts: 3, backoffMs: exponential(10_000, { max: 60_000 }), timeoutMs: 10 * 60_000 });

/**
 * Removes what is past its time: conversations deleted 30 days ago with all that hangs on them, finished API jobs of that
 * age, who used the accelerator and what tickets foretold 100 days ago. Compacts events that a crash left as they were. Can run any number of times, also at once.
 */
export const purge = async (
  database: Pick<Database, 'db' | 'inTransaction'>,
  signal: AbortSignal,
  now: Date = new Date(),
): Promise<{ conversations: number; jobs: number }> => {
  const before = (days: number) => new Date(now.getTime() - days * 86_400_000);
  const removed = { conversations: 0, jobs: 0 };
  for (let count = BATCH; count === BATCH && !signal.aborted; removed.conversations += count) {
    const { rows } = await sql`
      delete from chat_conversations where id in (select id from chat_conversations where deleted_at < ${before(KEEP_DELETED_DAYS)} limit ${BATCH}) returning id`.execute(
      database.db,
    );
    count = rows.length;
  }
  for (let count = BATCH; count === BATCH && !signal.aborted; removed.jobs += count) {
    const { rows } = await sql`
      delete from llm_jobs where id in (select id from llm_jobs where kind = 'completion' and finished_at < ${before(KEEP_COMPLETIONS_DAYS)} limit ${BATCH}) returning id`.execute(
      database.db,
    );
    count = rows.length;
  }
  for (let count = BATCH; count === BATCH && !signal.aborted;) {
    const { rows } = await sql`
      delete from llm_usage where id in (select id from llm_usage where ended_at < ${before(KEEP_USAGE_DAYS)} limit ${BATCH}) returning id`.execute(
      database.db,
    );
    count = rows.length;
  }
  for (let count = BATCH; count === BATCH && !signal.aborted;) {
    const { rows } = await sql`
      delete from llm_predictions where job_id in (select job_id from llm_predictions where predicted_at < ${before(KEEP_USAGE_DAYS)} limit ${BATCH}) returning job_id`.execute(
      database.db,
    );
    count = rows.length;
  }
  const uncompacted = await database.db
    .selectFrom('llm_jobs')
    .select('id')
    .where('finished_at', 'is not', null)
    .where('events_compacted', '=', false)
    .limit(BATCH)
    .execute();
  for (const { id } of uncompacted) {
    if (signal.aborted) break;
    await compactJobEvents(database, id);
  }
  return removed;
};
