import { sql } from 'kysely';
import type { Db } from '#db';

export type Span = 'day' | 'month' | 'year';

export interface Partition {
  name: string;
  table: string;
  /** First instant inside and first one after, ISO 8601. */
  from: string;
  to: string;
}

const starts: Record<Span, (at: Date, next: 0 | 1) => number> = {
  day: (at, next) => Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate() + next),
  month: (at, next) => Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + next),
  year: (at, next) => Date.UTC(at.getUTCFullYear() + next, 0),
};
const digits: Record<Span, number> = { day: 8, month: 6, year: 4 };

/** The partition of `table` that holds the instant `t` (ms), cut by days, months or years in UTC. */
export const partitionAt = (table: string, span: Span, t: number): Partition => {
  const at = new Date(t);
  const from = new Date(starts[span](at, 0)).toISOString();
  const to = new Date(starts[span](at, 1)).toISOString();
  return { name: `${table}_p${from.slice(0, 10).replaceAll('-', '').slice(0, digits[span])}`, table, from, to };
};

/** First instant after the partition of that name, in ms; null for a table that this module did not name. */
export const partitionEnd = (name: string): number | null => {
  const [, year, month, day] = /_p(\d{4})(\d{2})?(\d{2})?$/.exec(name) ?? [];
  if (!year) return null;
  if (!month) return Date.UTC(Number(year) + 1, 0);
  return day ? Date.UTC(Number(year), Number(month) - 1, Number(day) + 1) : Date.UTC(Number(year), Number(month));
};

/** Readers of a chart hold their lock for milliseconds; whoever holds one longer is not worth stopping the samples for. */
const LOCK_TIMEOUT = '2s';

const withLockTimeout = (db: Db, statement: string): Promise<unknown> =>
  db.transaction().execute(async (tx) => {
    await sql`select set_config('lock_timeout', ${LOCK_TIMEOUT}, true)`.execute(tx);
    await sql.raw(statement).execute(tx);
  });

/** Makes a partition; it may be there already. The bounds are ours, not a caller's text, so they may be spelled out. */
export const createPartition = (db: Db, { name, table, from, to }: Partition): Promise<unknown> =>
  withLockTimeout(db, `create table if not exists ${name} partition of ${table} for values from ('${from}') to ('${to}')`);

/** Drops a partition with all that is in it. */
export const dropPartition = (db: Db, name: string): Promise<unknown> => withLockTimeout(db, `drop table if exists ${name}`);

/** Names of a table's partitions, oldest first. */
export const listPartitions = async (db: Db, table: string): Promise<string[]> => {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = to_regclass(${table}) order by c.relname`.execute(db);
  return rows.map(({ name }) => name);
};
