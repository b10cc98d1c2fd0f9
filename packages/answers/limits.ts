import { sql } from 'kysely';
import type { Settings } from '#contracts';
import type { Tx } from '#db';
import { AppError } from '#kit';
import { findRates } from './rates.ts';
import { findTicket } from './ticket.ts';

/** How deep the line may get: for one person where nothing else was set for them, and in all. */
export interface LineLimits {
  maxWaitingPerUser: number;
  maxWaiting: number;
  /** Whether our own runtime answers, so that what its memory holds counts. */
  hasOwnRuntime: boolean;
}

/** The settings of the line, and what of the others bears on it. */
export const lineLimits = ({ queue, models }: Settings): Settings['queue'] & LineLimits => ({ ...queue, hasOwnRuntime: models.externalUrl === '' });

/** While nothing was measured. */
const UNMEASURED_RETRY_MS = 15_000;
const LONGEST_RETRY_MS = 60 * 60_000;

const retryAfter = (ms: number | null | undefined): number => Math.min(Math.max(ms ?? UNMEASURED_RETRY_MS, 1_000), LONGEST_RETRY_MS);

/**
 * Lets one more job of this person in line. Holds a lock on the person until the transaction ends, so that requests sent at
 * once cannot pass the limit together. `others` are requests of this person that wait and have no row. Errors: `queue_full`, with when to come back and the numbers.
 */
export const admitToLine = async (tx: Tx, userId: number, limits: LineLimits, others = 0): Promise<void> => {
  await sql`select pg_advisory_xact_lock(hashtextextended('llm.submit', ${userId}))`.execute(tx);
  const { rows } = await sql<{ own: number; waiting: number; own_limit: number | null; own_first: string | null }>`
    select (select count(*) from llm_jobs where user_id = ${userId} and status = 'pending') as own,
      (select count(*) from llm_queue where started_at is null) as waiting,
      (select max_waiting from llm_user_limits where user_id = ${userId}) as own_limit,
      (select id from llm_jobs where user_id = ${userId} and status = 'pending' order by created_at limit 1) as own_first`.execute(tx);
  const { own: ownJobs, waiting, own_limit, own_first } = rows[0]!;
  const own = ownJobs + others;
  const limit = own_limit ?? limits.maxWaitingPerUser;
  if (own >= limit) {
    const etaMs = own_first ? (await findTicket(tx, own_first))?.etaMs : null;
    const message =
      limit === 0
        ? 'An administrator has set that nothing of yours may wait in line. Ask them.'
        : `${own} of your questions are waiting already; that is as many as one person may have in line. Wait for an answer, or withdraw some.`;
    throw new AppError('queue_full', { message, retryAfterMs: retryAfter(etaMs), details: { scope: 'person', waiting: own, limit, etaMs: etaMs ?? null } });
  }
  if (waiting >= limits.maxWaiting) {
    const etaMs = (await findRates(tx))?.serviceMs ?? null;
    throw new AppError('queue_full', {
      message: `${waiting} questions are waiting already; the box takes no more until some are answered. Try again in a moment.`,
      retryAfterMs: retryAfter(etaMs),
      details: { scope: 'box', waiting, limit: limits.maxWaiting, etaMs: etaMs === null ? null : Math.round(etaMs) },
    });
  }
};
