import { sql } from 'kysely';
import type { Ticket } from '#contracts';
import type { Db } from '#db';
import { lineKey } from './line-order.ts';
import { findRates, type Rates } from './rates.ts';

/** A job's place as the rows say it. */
export interface Place {
  /** Whether the job itself is being answered. */
  running: boolean;
  /** Jobs that wait before it. */
  waitingAhead: number;
  /** How long the job that has the accelerator has been at it; null while it is idle. */
  aheadRunningMs: number | null;
  /** Nothing new is begun. */
  paused?: boolean;
}

/** The standard normal's 90th percentile. */
const Z90 = 1.2816;

/**
 * Place in line (0 runs, 1 is next) and the time until the answer begins: what the running job has left, a whole answer
 * for each job that waits before this one, and this one's own way to its first token. Sums of independent times, so
 * that means and variances add up; the 90th percentile is that of a normal distribution with them.
 */
export const estimateTicket = ({ running, waitingAhead, aheadRunningMs, paused = false }: Place, rates: Rates | null): Ticket => {
  const position = running ? 0 : waitingAhead + 1;
  if (paused && !running) return { position, etaMs: null, etaP90Ms: null, paused };
  if (!rates || running) return { position, etaMs: running ? 0 : null, etaP90Ms: running ? 0 : null };
  const left = aheadRunningMs === null ? 0 : Math.max(0, rates.serviceMs - aheadRunningMs);
  const etaMs = left + waitingAhead * rates.serviceMs + rates.firstTokenMs;
  const uncertain = (left > 0 ? 1 : 0) + waitingAhead;
  const spread = Z90 * Math.sqrt(uncertain * rates.serviceMsVariance + rates.firstTokenMsVariance);
  return { position, etaMs: Math.round(etaMs), etaP90Ms: Math.round(etaMs + spread) };
};

/** A job's place; null when it is not in line (any more). */
const findPlace = async (db: Db, jobId: string): Promise<Place | null> => {
  const { rows } = await sql<{ running: boolean; waiting_ahead: number; ahead_running_ms: number | null; paused: boolean }>`
    select me.started_at is not null as running,
      (select count(*) from llm_queue q where q.started_at is null and ${lineKey('q')} < ${lineKey('me')}) as waiting_ahead,
      (select extract(epoch from clock_timestamp() - min(q.started_at))::float8 * 1000 from llm_queue q where q.started_at is not null and q.id <> me.id) as ahead_running_ms,
      (select paused_at is not null from llm_line) as paused
    from llm_queue me where me.job_id = ${jobId}`.execute(db);
  const row = rows[0];
  return row ? { running: row.running, waitingAhead: row.waiting_ahead, aheadRunningMs: row.ahead_running_ms, paused: row.paused } : null;
};

/** The job's ticket now; null once it is final. */
export const findTicket = async (db: Db, jobId: string): Promise<Ticket | null> => {
  const place = await findPlace(db, jobId);
  return place && estimateTicket(place, await findRates(db));
};
