import { sql } from 'kysely';
import type { Database } from '#db';
import type { Logger } from '#kit';
import type { JobFeed } from './job-feed.ts';

/** Well within the shortest time after which a job may count as abandoned, which is a minute. */
const EVERY_MS = 15_000;

interface Needs {
  database: Pick<Database, 'db'>;
  feed: Pick<JobFeed, 'watched'>;
  log: Logger;
  everyMs?: number;
}

/**
 * Writes down which jobs are followed from this process, in one statement however many they are. What nobody follows any
 * more is recognised by the age of its row: a reader who is gone, or a process that was killed, need say nothing.
 */
export const startPresence = ({ database, feed, log, everyMs = EVERY_MS }: Needs) => {
  const write = async (): Promise<void> => {
    const ids = feed.watched();
    if (ids.length === 0) return;
    await sql`
      insert into llm_job_presence (job_id) select id from llm_jobs where id = any(${ids}::uuid[]) and finished_at is null
      on conflict (job_id) do update set seen_at = now()`.execute(database.db);
  };
  let running: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    running = write().catch((error: unknown) => log.debug({ error }, 'who follows what was not written down; it will be'));
  }, everyMs);
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };
};
