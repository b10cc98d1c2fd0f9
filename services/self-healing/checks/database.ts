import { sql } from 'kysely';
import { defineCheck } from '../types.ts';

const CONNECTIONS_SHARE = 0.85;
const BLOCKED_S = 60;
const IDLE_IN_TRANSACTION_S = 300;
const DEAD_ROWS = 100_000;
const DEAD_SHARE = 0.5;
const SLOT_BYTES = 1e9;

/** Connections, of which Postgres has a fixed number. */
export const databaseConnections = defineCheck({
  id: 'database.connections',
  everyMs: 30_000,
  after: 2,
  async look({ database }) {
    const { rows } = await sql<{ used: number; most: number; idle: number }>`
      select count(*)::int as used, current_setting('max_connections')::int as most,
        count(*) filter (where state = 'idle in transaction' and state_change < now() - make_interval(secs => ${IDLE_IN_TRANSACTION_S}))::int as idle
      from pg_stat_activity where backend_type = 'client backend'`.execute(database.db);
    const { used, most, idle } = rows[0]!;
    if (used / most < CONNECTIONS_SHARE) return [];
    return [
      {
        subject: 'postgres',
        severity: 'CRITICAL' as const,
        description: `The database has ${used} of ${most} connections in use.`,
        evidence: { used, most, idleInTransaction: idle },
      },
    ];
  },
});

/** Sessions that have kept others waiting for more than a minute. */
export const databaseLongLock = defineCheck({
  id: 'database.long_lock',
  everyMs: 20_000,
  after: 2,
  async look({ database }) {
    const { rows } = await sql<{ blocker: number; state: string | null; blocked: number; waitS: number }>`
      select b.pid as blocker, b.state, count(*)::int as blocked, max(extract(epoch from now() - a.query_start))::int as "waitS"
      from pg_stat_activity a cross join lateral unnest(pg_blocking_pids(a.pid)) as by(pid) join pg_stat_activity b on b.pid = by.pid
      where a.wait_event_type = 'Lock' and a.query_start < now() - make_interval(secs => ${BLOCKED_S}) and b.wait_event_type is distinct from 'Lock'
      group by b.pid, b.state`.execute(database.db);
    return rows.map(({ blocker, state, blocked, waitS }) => ({
      subject: String(blocker),
      severity: 'CRITICAL' as const,
      description: `A database session (${state ?? 'state unknown'}) has kept ${blocked} other${blocked === 1 ? '' : 's'} waiting for ${waitS} s.`,
      evidence: { pid: blocker, blocked, waitS },
    }));
  },
});

/** Tables whose dead rows outnumber the living: the database's own cleaner has fallen behind. */
export const databaseBloat = defineCheck({
  id: 'database.bloat',
  everyMs: 10 * 60_000,
  after: 2,
  async look({ database }) {
    const { rows } = await sql<{ table: string; dead: number; live: number }>`
      select relname as table, n_dead_tup::int as dead, n_live_tup::int as live from pg_stat_user_tables
      where n_dead_tup > ${DEAD_ROWS} and n_dead_tup > ${DEAD_SHARE}::float8 * greatest(n_live_tup, 1) order by n_dead_tup desc limit 5`.execute(database.db);
    return rows.map(({ table, dead, live }) => ({
      subject: table,
      severity: 'WARNING' as const,
      description: `The table ${table} holds ${dead} dead rows beside ${live} living ones.`,
      evidence: { table, dead, live },
    }));
  },
});

/** A replication slot that nobody reads keeps the write-ahead log for ever, until the disk is full. */
export const databaseSlot = defineCheck({
  id: 'database.slot',
  everyMs: 5 * 60_000,
  after: 2,
  async look({ database }) {
    const { rows } = await sql<{ slot: string; bytes: number }>`
      select slot_name as slot, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::float8 as bytes from pg_replication_slots
      where not active and pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) > ${SLOT_BYTES}::float8`.execute(database.db);
    return rows.map(({ slot, bytes }) => ({
      subject: slot,
      severity: 'CRITICAL' as const,
      description: `The replication slot ${slot} is read by nobody and keeps ${(bytes / 1e9).toFixed(1)} GB of the database's log.`,
      evidence: { slot, bytes },
    }));
  },
});
