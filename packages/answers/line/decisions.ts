import { sql } from 'kysely';
import type { Db, Tx } from '#db';
import { decide, standingOf, take, type SchedulerEvent, type SchedulerState } from '#scheduler';
import type { LineConfig } from './line-config.ts';
import { readLine } from './read-line.ts';

/** Any constant will do: it keeps two workers from deciding at once. */
const DECISION_LOCK = 7_266_279;

/** From here to the transaction's end nobody else decides. Take it before any row's lock. */
export const lockDecisions = async (tx: Tx): Promise<void> => {
  await sql`select pg_advisory_xact_lock(${DECISION_LOCK})`.execute(tx);
};

const store = async (tx: Tx, state: SchedulerState): Promise<void> => {
  await tx
    .updateTable('llm_scheduler')
    .set({ standing: JSON.stringify(standingOf(state)), version: sql<number>`version + 1` })
    .execute();
};

export interface Chosen {
  jobId: string;
  /** The model to load first. */
  switchTo: string | null;
}

const isWaiting = async (tx: Tx, id: string): Promise<boolean> =>
  (await tx.selectFrom('llm_jobs').select('id').where('id', '=', id).where('status', '=', 'pending').forUpdate().executeTakeFirst()) !== undefined;

/** The job that the scheduler wants to run now. Call it under `lockDecisions`; the caller starts the job in the same transaction. */
export const decideNext = async (tx: Tx): Promise<Chosen | null> => {
  const now = Date.now();
  const { state, paused } = await readLine(tx, now);
  if (state.jobs.size === 0 || paused) return null;
  let decision = decide(state, now);
  // Whoever withdrew it since held its row; from here on nobody can.
  while (decision && !(await isWaiting(tx, decision.id))) {
    take(state, { type: 'withdrawn', id: decision.id }, now);
    decision = decide(state, now);
  }
  if (!decision) return null;
  await store(tx, state);
  const chargedMs = state.running.get(decision.id)!.job.estimateMs;
  await tx.updateTable('llm_queue').set({ charged_ms: chargedMs }).where('job_id', '=', decision.id).execute();
  return { jobId: decision.id, switchTo: decision.switchTo };
};

/** Tells the scheduler what became of a job that ran, while its place in line is still there. Call it under `lockDecisions`. */
export const account = async (tx: Tx, event: Extract<SchedulerEvent, { type: 'finished' | 'returned' }>): Promise<void> => {
  const now = Date.now();
  const { state } = await readLine(tx, now);
  take(state, event, now);
  await store(tx, state);
};

/** Sets what decisions are made with, when it differs. */
export const storeLineConfig = async (db: Db, config: LineConfig): Promise<void> => {
  const text = JSON.stringify(config);
  await sql`update llm_scheduler set config = ${text}::jsonb, version = version + 1 where config is distinct from ${text}::jsonb`.execute(db);
};
