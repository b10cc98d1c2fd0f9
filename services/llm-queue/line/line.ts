import { sql } from 'kysely';
import {
  account,
  bareAnswer,
  decideNext,
  findTextSoFar,
  insertEvents,
  jobSpec,
  lockDecisions,
  recordUsage,
  settleJob,
  type Chosen,
  type JobSpec,
  type NumberedEvent,
  type Outcome,
} from '#answers';
import type { Database, Notifier, Tx } from '#db';

/** A job in hand. Its worker may write only while `fence` is the row's. */
export interface Lease {
  jobId: string;
  fence: number;
}

export interface ClaimedJob extends Lease {
  workspaceId: string;
  /** On whose behalf it is answered; null when that account is gone. */
  userId: number | null;
  conversationId: string | null;
  messageId: string | null;
  prompt: string;
  spec: JobSpec;
  /** 1 for the first try. */
  attempt: number;
  /** Number of the newest event. */
  lastSeq: number;
  /** When it was asked; milliseconds since the epoch. */
  createdAt: number;
  queuedMs: number;
  /** The model that must be loaded first; null when it is there. */
  switchTo: string | null;
}

/** The job went to another worker, or is final: this one must write nothing more. */
export class LeaseLostError extends Error {
  constructor(jobId: string) {
    super(`The lease of job ${jobId} is lost.`);
    this.name = 'LeaseLostError';
  }
}

/** How long a silent worker keeps its job. Three missed heartbeats: a busy machine may miss one. */
export const LEASE_MS = 6_000;
export const HEARTBEAT_MS = 2_000;
/** Deaths of the worker that one job may cause before it is taken for the reason. */
const MAX_ATTEMPTS = 6;

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  notifier: Pick<Notifier, 'publish'>;
  /** Names this worker in the rows, for people who look. */
  holder: string;
}

const leaseEnd = sql<Date>`clock_timestamp() + make_interval(secs => ${LEASE_MS / 1000})`;

/** The line of jobs in front of the accelerator, as the rows have it, and the leases on them. */
export const createLine = ({ database, notifier, holder }: Needs) => {
  /** The dead worker's job if there is one, else the one that the scheduler wants to run now. */
  const choose = async (tx: Tx): Promise<Chosen | null> => {
    await lockDecisions(tx);
    const { rows } = await sql<{ id: string }>`
      select id from llm_jobs where status = 'processing' and coalesce(lease_expires_at < clock_timestamp(), true) order by lease_expires_at limit 1`.execute(
      tx,
    );
    return rows[0] ? { kind: 'job', id: rows[0].id, switchTo: null } : decideNext(tx);
  };

  const take = async (tx: Tx, { id, switchTo }: Extract<Chosen, { kind: 'job' }>): Promise<ClaimedJob | 'settled'> => {
    const row = await tx
      .updateTable('llm_jobs')
      .set({
        status: 'processing',
        fence: sql<number>`fence + 1`,
        attempts: sql<number>`attempts + 1`,
        lease_holder: holder,
        lease_expires_at: leaseEnd,
        started_at: sql<Date>`coalesce(started_at, clock_timestamp())`,
      })
      .where('id', '=', id)
      // Chosen from a snapshot: whoever withdrew it in between held its row, and a final state stays final.
      .where('status', 'in', ['pending', 'processing'])
      .returningAll()
      .executeTakeFirst();
    if (!row) return 'settled';
    if (row.cancel_requested_at || row.attempts > MAX_ATTEMPTS) await account(tx, { type: 'finished', id, usedMs: 0 });
    if (row.cancel_requested_at) {
      await settleJob(tx, { notifier, jobId: id, outcome: { status: 'cancelled', answer: bareAnswer(await findTextSoFar(tx, id)) } });
      return 'settled';
    }
    if (row.attempts > MAX_ATTEMPTS) {
      const error = {
        code: 'model_stopped',
        message: `This question ended the worker ${MAX_ATTEMPTS} times, so it was given up. Ask it in another way, and report it.`,
      };
      await settleJob(tx, { notifier, jobId: id, outcome: { status: 'failed', answer: bareAnswer(await findTextSoFar(tx, id)), error } });
      return 'settled';
    }
    // One statement for both: this stands between a question and its first token.
    await tx
      .with('place', (qb) =>
        qb
          .updateTable('llm_queue')
          .set({ started_at: sql`clock_timestamp()` })
          .where('job_id', '=', id),
      )
      .updateTable('chat_messages')
      .set({ status: 'writing' })
      .where('id', '=', row.message_id)
      .execute();
    await notifier.publish(tx, 'queue.wake', { queue: 'llm' });
    return {
      jobId: id,
      fence: row.fence,
      workspaceId: row.workspace_id,
      userId: row.user_id,
      conversationId: row.conversation_id,
      messageId: row.message_id,
      prompt: row.prompt,
      spec: jobSpec.parse({ kind: row.kind, ...(row.params as object) }),
      attempt: row.attempts,
      lastSeq: row.last_seq,
      createdAt: row.created_at.getTime(),
      switchTo,
      queuedMs: row.started_at!.getTime() - row.created_at.getTime(),
    };
  };

  /** Locks the job's row; says whether it is still in hand, or was settled by this very lease (a commit whose answer was lost). */
  const hold = async (tx: Tx, { jobId, fence }: Lease): Promise<'held' | 'settled'> => {
    const row = await tx.selectFrom('llm_jobs').select(['fence', 'status']).where('id', '=', jobId).forUpdate().executeTakeFirst();
    if (row?.fence !== fence) throw new LeaseLostError(jobId);
    return row.status === 'processing' ? 'held' : 'settled';
  };

  return {
    /** Takes the next job, or null when there is none to take. Jobs that can only be closed are closed on the way. */
    async claimNext(): Promise<ClaimedJob | null> {
      for (;;) {
        const claimed = await database.inTransaction(async (tx) => {
          const chosen = await choose(tx);
          if (chosen?.kind !== 'slice') return chosen && take(tx, chosen);
          await notifier.publish(tx, 'queue.wake', { queue: 'accelerator' });
          return 'granted';
        });
        if (claimed !== 'settled' && claimed !== 'granted') return claimed;
      }
    },

    /** Keeps the lease alive; tells whether somebody wants the job stopped. Errors: `LeaseLostError`. */
    async renew({ jobId, fence }: Lease): Promise<{ cancelRequested: boolean }> {
      const row = await database.db
        .updateTable('llm_jobs')
        .set({ lease_expires_at: leaseEnd })
        .where('id', '=', jobId)
        .where('fence', '=', fence)
        .where('status', '=', 'processing')
        .returning('cancel_requested_at')
        .executeTakeFirst();
      if (!row) throw new LeaseLostError(jobId);
      return { cancelRequested: row.cancel_requested_at !== null };
    },

    /** Writes events, which also keeps the lease alive. May be repeated. Errors: `LeaseLostError`. */
    append: (lease: Lease, events: readonly NumberedEvent[]): Promise<void> =>
      database.inTransaction(async (tx) => {
        const lastSeq = events.at(-1)!.seq;
        const { numUpdatedRows } = await tx
          .updateTable('llm_jobs')
          .set({ last_seq: sql<number>`greatest(last_seq, ${lastSeq})`, lease_expires_at: leaseEnd })
          .where('id', '=', lease.jobId)
          .where('fence', '=', lease.fence)
          .where('status', '=', 'processing')
          .executeTakeFirst();
        if (numUpdatedRows === 0n) throw new LeaseLostError(lease.jobId);
        await insertEvents(tx, lease.jobId, events);
        await notifier.publish(tx, 'job.appended', { jobId: lease.jobId, seq: lastSeq });
      }),

    /** Counts one more try under the same lease and returns its number. Errors: `LeaseLostError`. */
    async beginAgain({ jobId, fence }: Lease): Promise<number> {
      const row = await database.db
        .updateTable('llm_jobs')
        .set({ attempts: sql<number>`attempts + 1`, lease_expires_at: leaseEnd })
        .where('id', '=', jobId)
        .where('fence', '=', fence)
        .where('status', '=', 'processing')
        .returning('attempts')
        .executeTakeFirst();
      if (!row) throw new LeaseLostError(jobId);
      return row.attempts;
    },

    /** Gives the job its final state, and its person the bill; `also` joins the transaction. May be repeated. Errors: `LeaseLostError`. */
    settle: (lease: Lease, outcome: Outcome, spent: { usedMs: number; loadMs: number }, also?: (tx: Tx) => Promise<void>): Promise<void> =>
      database.inTransaction(async (tx) => {
        await lockDecisions(tx);
        if ((await hold(tx, lease)) === 'settled') return;
        await recordUsage(tx, lease.jobId, spent, outcome.answer.model);
        await account(tx, { type: 'finished', id: lease.jobId, usedMs: spent.usedMs });
        await settleJob(tx, { notifier, jobId: lease.jobId, outcome });
        await also?.(tx);
      }),

    /** Puts an unfinished job back in its place, for the next worker to begin again at once. */
    giveBack: (lease: Lease): Promise<void> =>
      database.inTransaction(async (tx) => {
        await lockDecisions(tx);
        if ((await hold(tx, lease)) === 'settled') return;
        await account(tx, { type: 'returned', id: lease.jobId });
        await tx.updateTable('llm_jobs').set({ status: 'pending', lease_holder: null, lease_expires_at: null }).where('id', '=', lease.jobId).execute();
        await tx.updateTable('llm_queue').set({ started_at: null, charged_ms: null }).where('job_id', '=', lease.jobId).execute();
      }),

    /** Jobs that somebody should take now, in no particular order. */
    findDue: (limit = 100): Promise<{ id: string; fence: number }[]> =>
      database.db
        .selectFrom('llm_jobs')
        .select(['id', 'fence'])
        .where((eb) =>
          eb.or([eb('status', '=', 'pending'), eb.and([eb('status', '=', 'processing'), sql<boolean>`coalesce(lease_expires_at < clock_timestamp(), true)`])]),
        )
        .limit(limit)
        .execute(),

    /** When the next lease ends, of a job or of a slice that runs; milliseconds from now, null while nothing runs. */
    async nextLeaseEndMs(): Promise<number | null> {
      const { rows } = await sql<{ ms: number | null }>`
        select min(extract(epoch from lease_expires_at - clock_timestamp())::float8 * 1000) as ms from (
          select lease_expires_at from llm_jobs where status = 'processing' union all select lease_expires_at from llm_slices where started_at is not null) held
        where lease_expires_at >= clock_timestamp()`.execute(database.db);
      return rows[0]?.ms ?? null;
    },
  };
};

export type Line = ReturnType<typeof createLine>;
