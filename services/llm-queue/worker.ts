import { answerTurn, compactJobEvents } from '#answers';
import type { Database, Notifier } from '#db';
import { newId, type Logger } from '#kit';
import { createJobWorker, createJobs, type QueueConnection } from '#queue';
import { hostname } from 'node:os';
import { stopAbandoned } from './abandon.ts';
import type { AnswerNeeds } from './answer/answer.ts';
import { createHeatOf } from './heat-of.ts';
import { keepLineConfig } from './line/keep-config.ts';
import { createLine } from './line/line.ts';
import { startTickets } from './line/tell-tickets.ts';
import { purge, purgeJob, PURGE_EVERY_MS } from './purge.ts';
import { startSweep } from './sweep.ts';
import { createTurn, type RestartRuntime } from './turn.ts';

interface Needs {
  database: Database;
  notifier: Notifier;
  connection: QueueConnection;
  answering: AnswerNeeds;
  log: Logger;
  /** How long a runtime that went away is waited for before the second try. */
  returnMs: number;
  /** Ends a runtime that hangs and starts it again; null where nobody can, such as for an external one. */
  restartRuntime: RestartRuntime | null;
}

/** Answers questions, one at a time, until it is closed. */
export const startWorker = async ({ database, notifier, connection, answering, log, returnMs, restartRuntime }: Needs) => {
  const line = createLine({ database, notifier, holder: `${hostname()}:${process.pid}:${newId().slice(-6)}`.slice(-100) });
  const jobs = createJobs({ connection, log });
  const turn = createTurn({
    line,
    answering,
    notifier,
    log,
    returnMs,
    restartRuntime,
    heatOf: createHeatOf({ db: database.db, hotFromC: () => answering.settings().queue.hotFromC }),
  });
  const background = new Set<Promise<void>>();

  /** After the last event: nobody waits for it, and the purge does what a crash leaves undone. */
  const compact = (jobId: string): void => {
    const work = compactJobEvents(database, jobId).catch((error: unknown) => log.debug({ error, jobId }, 'events were not compacted yet'));
    background.add(work);
    void work.finally(() => background.delete(work));
  };

  const turns = createJobWorker({ connection, log }, answerTurn, async (_payload, { signal }) => {
    const jobId = await turn(signal);
    if (!jobId) return signal.aborted ? undefined : sweep.afterLease();
    compact(jobId);
    // Turns that found the accelerator taken are used up; so whoever frees it sees to it that the line goes on.
    const due = signal.aborted ? [] : await line.findDue(1);
    for (const job of due) await jobs.add(database.db, answerTurn, { jobId: job.id }, { id: `after.${jobId}` });
  });
  const purges = createJobWorker({ connection, log }, purgeJob, async (_payload, { signal }) => {
    const removed = await purge(database, signal);
    if (removed.conversations + removed.jobs > 0) log.info(removed, 'what was past its time is gone');
  });
  await jobs.repeat(purgeJob, {}, { everyMs: PURGE_EVERY_MS });
  const config = await keepLineConfig({ database, notifier, settings: answering.settings, log });
  const tickets = startTickets({ database, notifier, log });
  const sweep = startSweep({ line, jobs, database, notifier, log, stopAbandoned: () => stopAbandoned({ database, notifier }, answering.settings().queue) });

  // A slice of other work is over: what waits for the accelerator is given its turn at once.
  const unsubscribe = notifier.subscribe('queue.wake', ({ queue }) => {
    if (queue === 'accelerator') sweep.now();
  });

  return {
    async close() {
      unsubscribe();
      config.close();
      await tickets.close();
      await sweep.close();
      await Promise.all([turns.close(), purges.close()]);
      await Promise.all(background);
    },
  };
};
