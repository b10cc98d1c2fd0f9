import { answerTurn, turnId } from '#answers';
import type { Database, Notifier } from '#db';
import type { Logger } from '#kit';
import type { Jobs } from '#queue';
import type { Line } from './line/line.ts';

/** How often the rows are compared with the queue. */
const SWEEP_EVERY_MS = 15_000;
/** After a lease's end, so that the row counts as expired by Postgres' own clock. */
const LEASE_GRACE_MS = 50;

interface Needs {
  line: Pick<Line, 'findDue' | 'nextLeaseEndMs'>;
  jobs: Pick<Jobs, 'add'>;
  database: Pick<Database, 'db'>;
  notifier: Pick<Notifier, 'onReconnect'>;
  log: Logger;
  /** Ends what nobody waits for any more, before the rest is given turns. */
  stopAbandoned: () => Promise<readonly string[]>;
  everyMs?: number;
}

/**
 * Gives a turn to every job that waits or whose worker died, at the start, every 15 s, and when a lease ends: the queue may
 * lose what it likes. Turns that are in line already are not doubled.
 */
export const startSweep = ({ line, jobs, database, notifier, log, stopAbandoned, everyMs = SWEEP_EVERY_MS }: Needs) => {
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let running: Promise<void> = Promise.resolve();

  const sweep = async (): Promise<void> => {
    let nextMs = everyMs;
    try {
      const abandoned = await stopAbandoned();
      if (abandoned.length > 0) log.info({ jobs: abandoned }, 'nobody follows these any more; they were stopped');
      for (const job of await line.findDue()) await jobs.add(database.db, answerTurn, { jobId: job.id }, { id: turnId(job) });
      const nextLeaseEndMs = await line.nextLeaseEndMs();
      if (nextLeaseEndMs !== null) nextMs = Math.min(nextMs, nextLeaseEndMs + LEASE_GRACE_MS);
    } catch (error) {
      log.debug({ error }, 'the sweep could not look; it looks again');
      nextMs = Math.min(nextMs, 1_000);
    }
    lookIn(nextMs);
  };

  const lookIn = (ms: number): void => {
    if (closed) return;
    clearTimeout(timer);
    timer = setTimeout(now, ms);
  };

  const now = (): void => {
    clearTimeout(timer);
    timer = undefined;
    running = running.then(() => (closed ? undefined : sweep()));
  };
  const unsubscribe = notifier.onReconnect(now);
  now();

  return {
    /** Looks at once. */
    now,
    /** Looks when the lease of what holds the accelerator would end, should its holder be dead. */
    async afterLease(): Promise<void> {
      const ms = await line.nextLeaseEndMs();
      if (ms !== null) lookIn(ms + LEASE_GRACE_MS);
    },
    async close() {
      closed = true;
      unsubscribe();
      clearTimeout(timer);
      await running;
    },
  };
};
