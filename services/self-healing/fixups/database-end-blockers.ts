import { sql } from 'kysely';
import { defineFixup } from '../types.ts';

const IDLE_S = 300;

/** Ends the session that blocks others; or, when connections run out, those that sit in a transaction and do nothing. */
export const databaseEndBlockers = defineFixup({
  id: 'database.end_blockers',
  proofMs: 60_000,
  canary: false,
  async apply({ database }, { checkId, subject }) {
    const { rows } =
      checkId === 'database.long_lock'
        ? await sql<{ ended: boolean }>`select pg_terminate_backend(pid) as ended from pg_stat_activity
            where pid = ${Number(subject)} and usename = current_user and pid in (select unnest(pg_blocking_pids(a.pid)) from pg_stat_activity a)`.execute(
            database.db,
          )
        : await sql<{ ended: boolean }>`select pg_terminate_backend(pid) as ended from pg_stat_activity
            where usename = current_user and state = 'idle in transaction' and state_change < now() - make_interval(secs => ${IDLE_S})`.execute(database.db);
    const ended = rows.filter((row) => row.ended).length;
    return ended === 0 ? 'No session had to be ended any more.' : `${ended} database session${ended === 1 ? ' was' : 's were'} ended.`;
  },
});
