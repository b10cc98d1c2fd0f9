import { sql } from 'kysely';
import type { Ticket } from '#contracts';
import type { Db } from '#db';
import { firstTicket, toTicket } from './line/tickets.ts';
import type { Rates } from './rates.ts';

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

interface ToldRow {
  running: boolean;
  place: number | null;
  switches: number | null;
  eta_ms: number | null;
  eta_p90_ms: number | null;
  worst_ms: number | null;
  age_ms: number;
  paused: boolean;
}

const left = (ms: number | null, ageMs: number): number | null => (ms === null ? null : Math.max(0, Math.round(ms - ageMs)));

/** The job's ticket now: what the scheduler told last, less the time since then; null once it is final. */
export const findTicket = async (db: Db, jobId: string): Promise<Ticket | null> => {
  const { rows } = await sql<ToldRow>`
    select started_at is not null as running, place, switches, eta_ms, eta_p90_ms, worst_ms,
      coalesce(extract(epoch from clock_timestamp() - told_at) * 1000, 0)::float8 as age_ms,
      (select paused_at is not null from llm_line) as paused
    from llm_queue where job_id = ${jobId}`.execute(db);
  const row = rows[0];
  if (!row) return null;
  if (row.running) return { position: 0, etaMs: 0, etaP90Ms: 0 };
  if (row.place === null) {
    const first = await firstTicket(db, jobId, Date.now());
    return first && toTicket(first);
  }
  if (row.paused) return { position: row.place, etaMs: null, etaP90Ms: null, paused: true };
  const { place, switches, eta_ms, eta_p90_ms, worst_ms, age_ms } = row;
  const worstMs = left(worst_ms, age_ms);
  return {
    position: place,
    etaMs: left(eta_ms, age_ms),
    etaP90Ms: left(eta_p90_ms, age_ms),
    ...(switches ? { switches } : {}),
    ...(worstMs === null ? {} : { worstMs }),
  };
};
