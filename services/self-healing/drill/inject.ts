import { sql } from 'kysely';
import type { ControlledPart } from '#contracts';
import type { Database } from '#db';
import type { Fault } from './plan.ts';

/** Long enough that every page feels it, short enough that a patient supervisor must wait. */
export const SLOW_MS = 6_000;

/** Does nothing else for so long, as a loop without a pause does. */
const blockLoop = (ms: number): void => {
  const until = performance.now() + ms;
  while (performance.now() < until); // the very point of it
};

/** Breaks a part. What it breaks comes back by itself; no data is touched. */
export const inject = async (fault: Fault, part: ControlledPart, database: Pick<Database, 'db'>): Promise<void> => {
  if (fault === 'slow') return blockLoop(SLOW_MS);
  if (fault === 'cut') {
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = current_user and pid <> pg_backend_pid()`.execute(
      database.db,
    );
    return;
  }
  if (part.pid === null) throw new Error(`${part.name} does not run.`);
  process.kill(part.pid, fault === 'stop' ? 'SIGKILL' : 'SIGSTOP');
};
