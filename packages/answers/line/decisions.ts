import { sql } from 'kysely';
import type { Db, Tx } from '#db';
import { decide, standingOf, take, type SchedulerEvent, type SchedulerState } from '#scheduler';
import type { LineConfig } from './line-config.ts';
import { userKey } from './line-job.ts';
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

/** What may run now. */
export type Chosen =
  | { kind: 'job'; id: string; /** The model to load first. */ switchTo: string | null }
  /** Work that is no question; its process is told. */
  | { kind: 'slice'; id: string };

const isWaiting = async (tx: Tx, id: string): Promise<boolean> =>
  (await tx.selectFrom('llm_jobs').select('id').where('id', '=', id).where('status', '=', 'pending').forUpdate().executeTakeFirst()) !== undefined;

/**
 * A paused line begins nothing of people's and nothing of the index; the box's own questions go on. They are few and short, and
 * without them no repair made during a pause could be proven.
 */
const holdPeople = (state: SchedulerState, now: number): void => {
  const users = [...state.jobs.values()].map(({ job }) => job.user).filter((user) => user !== userKey(null));
  take(state, { type: 'controls', controls: { ...state.controls, pausedUsers: new Set(users) } }, now);
};

/**
 * What the scheduler wants to run now. Call it under `lockDecisions`; the caller starts a job in the same transaction, a slice is
 * started here. `only: 'slices'`: null when it is a question's turn, which its worker takes.
 */
export const decideNext = async (tx: Tx, { only }: { only?: 'slices' } = {}): Promise<Chosen | null> => {
  const now = Date.now();
  await sql`delete from llm_slices where lease_expires_at < clock_timestamp()`.execute(tx);
  const { state, paused, rows } = await readLine(tx, now);
  if (state.jobs.size === 0) return null;
  if (paused) holdPeople(state, now);
  let decision = decide(state, now);
  if (only === 'slices' && decision && rows.has(decision.id)) return null;
  // Whoever withdrew it since held its row; from here on nobody can.
  while (decision && rows.has(decision.id) && !(await isWaiting(tx, decision.id))) {
    take(state, { type: 'withdrawn', id: decision.id }, now);
    decision = decide(state, now);
  }
  if (!decision) return null;
  await store(tx, state);
  if (!rows.has(decision.id)) {
    await tx
      .updateTable('llm_slices')
      .set({ started_at: sql`clock_timestamp()` })
      .where('id', '=', decision.id)
      .execute();
    return { kind: 'slice', id: decision.id };
  }
  const chargedMs = state.running.get(decision.id)!.job.estimateMs;
  await tx.updateTable('llm_queue').set({ charged_ms: chargedMs }).where('job_id', '=', decision.id).execute();
  return { kind: 'job', id: decision.id, switchTo: decision.switchTo };
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
