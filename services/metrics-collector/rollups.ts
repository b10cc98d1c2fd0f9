import { sql } from 'kysely';
import type { Database, Db, Tx } from '#db';
import { rollupLevels, type RollupLevel } from './tables.ts';

/** Bounds one transaction to about 300 ms on a small box (0.6 ms a minute with twelve series). */
const BUCKETS_A_STEP = 500;

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  /** Makes sure of the partitions of `table` for these instants (ms). */
  ensurePartitions(level: RollupLevel, instants: number[]): Promise<void>;
}

const iso = (instants: Date[]): string[] => instants.map((instant) => instant.toISOString());

const listed = (db: Db, { resolutionS }: RollupLevel, after: number): Promise<{ bucket: Date }[]> =>
  db
    .selectFrom('metrics_rollup_pending')
    .select('bucket')
    .where('resolution_s', '=', resolutionS)
    .where('bucket', '>', new Date(after))
    .orderBy('bucket')
    .limit(BUCKETS_A_STEP)
    .execute();

/**
 * A writer that adds a sample to one of these buckets waits from here on, and lists it again afterwards. The aggregation
 * is a statement of its own, so that its snapshot has every sample that was listed before.
 */
const lock = (tx: Tx, { resolutionS }: RollupLevel, buckets: Date[]): Promise<unknown> =>
  sql`select from metrics_rollup_pending where resolution_s = ${resolutionS} and bucket = any(${iso(buckets)}::timestamptz[]) order by bucket for update`.execute(
    tx,
  );

const unlist = (tx: Tx, { resolutionS }: RollupLevel, buckets: Date[]): Promise<unknown> =>
  sql`delete from metrics_rollup_pending where resolution_s = ${resolutionS} and bucket = any(${iso(buckets)}::timestamptz[])`.execute(tx);

const aggregate = async (tx: Tx, level: RollupLevel, from: RollupLevel | null, buckets: Date[]): Promise<void> => {
  const list = sql`unnest(${iso(buckets)}::timestamptz[]) as listed(bucket)`;
  const width = sql`make_interval(secs => ${level.resolutionS})`;
  const rows = from
    ? sql`
      select s.metric, s.device, listed.bucket, min(s.min), sum(s.mean * s.samples) / sum(s.samples), max(s.max), sum(s.samples)
      from ${list} join ${sql.table(from.table)} s on s.bucket >= listed.bucket and s.bucket < listed.bucket + ${width}
      group by 1, 2, 3`
    : sql`
      select s.metric, s.device, listed.bucket, min(s.value), avg(s.value), max(s.value), count(*)
      from ${list} join metrics_samples s on s."timestamp" >= listed.bucket and s."timestamp" < listed.bucket + ${width}
      group by 1, 2, 3`;
  await sql`
    insert into ${sql.table(level.table)} (metric, device, bucket, min, mean, max, samples) ${rows}
    on conflict (metric, bucket, device) do update
    set min = excluded.min, mean = excluded.mean, max = excluded.max, samples = excluded.samples`.execute(tx);
};

const listNext = (tx: Tx, next: RollupLevel, buckets: Date[]): Promise<unknown> =>
  sql`
    insert into metrics_rollup_pending (resolution_s, bucket)
    select distinct ${next.resolutionS}::integer, date_bin(make_interval(secs => ${next.resolutionS}), listed.bucket, 'epoch')
    from unnest(${iso(buckets)}::timestamptz[]) as listed(bucket) order by 2
    on conflict (resolution_s, bucket) do update set writes = metrics_rollup_pending.writes + 1`.execute(tx);

/**
 * Rolls up every listed bucket, level by level. A bucket whose time is not over is written as far as it goes and stays on
 * the list. The result depends on the samples alone, so that running it twice, late or after a crash changes nothing.
 * Returns the number of buckets written.
 */
export const rollUp = async ({ database, ensurePartitions }: Needs, now: number): Promise<number> => {
  let written = 0;
  for (const [index, level] of rollupLevels.entries()) {
    const from = index === 0 ? null : rollupLevels[index - 1]!;
    const next = rollupLevels[index + 1];
    for (let after = 0; ;) {
      const buckets = (await listed(database.db, level, after)).map(({ bucket }) => bucket);
      if (buckets.length === 0) break;
      after = Number(buckets.at(-1));
      await ensurePartitions(level, buckets.map(Number));
      await database.inTransaction(async (tx) => {
        await lock(tx, level, buckets);
        await aggregate(tx, level, from, buckets);
        if (next) await listNext(tx, next, buckets);
        await unlist(
          tx,
          level,
          buckets.filter((bucket) => Number(bucket) + level.resolutionS * 1000 <= now),
        );
      });
      written += buckets.length;
    }
  }
  return written;
};
