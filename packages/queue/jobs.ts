import { UnrecoverableError } from 'bullmq';
import { afterCommit, type Db } from '#db';
import { isAppError, type Logger } from '#kit';
import type { QueueConnection } from './connection.ts';
import type { JobDefinition } from './job.ts';

interface AddOptions {
  /** Names the work: a job of that id that is still waiting or running is not added again. */
  id?: string;
  delayMs?: number;
  /** 1 to 2,097,151: the greater, the later; what has none comes first. */
  priority?: number;
}

export interface Jobs {
  /**
   * Puts a job in line when `db`'s transaction commits, or at once outside one. Rows are the truth: what a lost queue
   * forgets is added again by its owner's sweep, so a failure to add after the commit is logged and not thrown.
   */
  add<Payload>(db: Db, job: JobDefinition<Payload>, payload: Payload, options?: AddOptions): Promise<void>;
  /** Runs a job every `everyMs`, once in the whole box however many processes ask for it. */
  repeat<Payload>(job: JobDefinition<Payload>, payload: Payload, options: { everyMs: number }): Promise<void>;
}

interface Needs {
  connection: Pick<QueueConnection, 'queue'>;
  log: Logger;
}

// Finished jobs leave the queue: their outcome is in the rows that they worked on, and their id is free again.
const jobOptions = (job: { attempts: number }) => ({ attempts: job.attempts, backoff: { type: 'custom' }, removeOnComplete: true, removeOnFail: true });

export const createJobs = ({ connection, log }: Needs): Jobs => ({
  async add(db, job, payload, { id, delayMs, priority } = {}) {
    const data = job.payload.parse(payload);
    const send = () => connection.queue(job.name).add(job.name, data, { ...jobOptions(job), jobId: id, delay: delayMs, priority });
    if (!db.isTransaction) {
      await send();
      return;
    }
    afterCommit(db, () => {
      send().catch((error: unknown) => log.warn({ error, job: job.name, id }, 'a job could not be put in line; the sweep will'));
    });
  },
  async repeat(job, payload, { everyMs }) {
    const data = job.payload.parse(payload);
    await connection.queue(job.name).upsertJobScheduler(job.name, { every: everyMs }, { name: job.name, data, opts: jobOptions(job) });
  },
});

export interface JobContext {
  /** Aborted when the job's time is up or the process stops. */
  signal: AbortSignal;
  /** 1 for the first try. */
  attempt: number;
  log: Logger;
}

export interface JobWorker {
  close(): Promise<void>;
}

interface WorkerOptions {
  /** Jobs at a time in this process. */
  concurrency?: number;
}

/**
 * Runs a job's handler, which must be able to run twice. An AppError that cannot get better by itself ends the tries;
 * anything else is tried again after the job's backoff.
 */
export const createJobWorker = <Payload>(
  { connection, log }: { connection: Pick<QueueConnection, 'worker'>; log: Logger },
  job: JobDefinition<Payload>,
  handler: (payload: Payload, context: JobContext) => Promise<void>,
  { concurrency = 1 }: WorkerOptions = {},
): JobWorker => {
  const stopping = new AbortController();
  const worker = connection.worker(
    job.name,
    async (item) => {
      const attempt = item.attemptsMade + 1;
      const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(job.timeoutMs)]);
      const itemLog = log.child({ job: job.name, jobId: item.id, attempt });
      try {
        await handler(job.payload.parse(item.data), { signal, attempt, log: itemLog });
      } catch (error) {
        itemLog.warn({ error }, 'a job failed');
        if (isAppError(error) && !error.kind.retryable && !error.kind.report) throw new UnrecoverableError(error.message);
        throw error;
      }
    },
    { concurrency, settings: { backoffStrategy: (attemptsMade) => job.backoffMs(attemptsMade) } },
  );
  return {
    async close() {
      stopping.abort(new Error('the process stops'));
      await worker.close();
    },
  };
};
