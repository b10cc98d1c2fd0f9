import { sql, type RawBuilder } from 'kysely';
import { hostFacts, type HostFacts, type MetricName } from '#contracts';
import type { Db } from '#db';
import type { SeriesPlan, SeriesSource } from './series.plan.ts';
import type { BucketRow } from './series.points.ts';

/** The newest readings, each metric by itself: they need not be of one instant. Empty: nothing recent. */
export interface LatestReadings {
  cpu: { at: string; value: number }[];
  ram: { at: string; value: number; used: number; total: number }[];
  gpu: { at: string; device: string; value: number; memory_used: number | null; memory_total: number | null; power_watts: number | null }[];
  temperature: { at: string; sensor: string; value: number }[];
  disk: { at: string; mount: string; used: number; free: number; percent: number }[];
  network: { at: string; device: string; received_per_s: number; sent_per_s: number }[];
  process: { at: string; process: string; rss: number; cpu_percent: number }[];
}

const rollupTables: Record<Exclude<SeriesSource, 'raw'>, string> = { '1m': 'metrics_rollup_1m', '5m': 'metrics_rollup_5m', '1h': 'metrics_rollup_1h' };

/** From when to when samples count as recent. It ends, because a clock that was ahead for a while leaves samples of the future. */
export interface Recent {
  since: Date;
  until: Date;
}

const newestOf = (metric: MetricName, columns: RawBuilder<unknown>, { since, until }: Recent): RawBuilder<unknown> => {
  const table = sql.table(`metrics_${metric}`);
  return sql`(
    select coalesce(jsonb_agg(jsonb_build_object('at', "timestamp", ${columns}) order by "timestamp"), '[]') from ${table}
    where "timestamp" = (select max("timestamp") from ${table} where "timestamp" > ${since} and "timestamp" <= ${until})
  ) as ${sql.ref(metric)}`;
};

/** Statements on the tables that the collector writes. All read only. */
export const metricsRepository = {
  /** A chart's buckets, by device and time. Peaks are kept whatever the width: a bucket's max is the greatest of its samples. */
  async listBuckets(db: Db, metric: MetricName, { source, bucketMs, fromMs, toMs }: SeriesPlan): Promise<BucketRow[]> {
    const at = sql.ref(source === 'raw' ? 'timestamp' : 'bucket');
    const from = source === 'raw' ? sql`metrics_samples` : sql.table(rollupTables[source]);
    const aggregates =
      source === 'raw'
        ? sql`min(value) as min, avg(value) as mean, max(value) as max`
        : sql`min(min) as min, sum(mean * samples) / sum(samples) as mean, max(max) as max`;
    // Grouped by the instant and turned into milliseconds afterwards, by row of the result: numeric arithmetic on every row read took half of the time.
    const { rows } = await sql<Omit<BucketRow, 't'> & { at: Date }>`
      select device, date_bin(make_interval(secs => ${bucketMs / 1000}), ${at}, 'epoch') as at, ${aggregates}
      from ${from}
      where metric = ${metric} and ${at} >= ${new Date(fromMs)} and ${at} < ${new Date(toMs)}
      group by 1, 2 order by 1, 2`.execute(db);
    return rows.map(({ device, at: bucket, min, mean, max }) => ({ device, t: bucket.getTime(), min, mean, max }));
  },

  /** The newest readings of that time. */
  async getLatest(db: Db, recent: Recent): Promise<LatestReadings> {
    const { rows } = await sql<LatestReadings>`select
      ${newestOf('cpu', sql`'value', value`, recent)},
      ${newestOf('ram', sql`'value', value, 'used', used, 'total', total`, recent)},
      ${newestOf('gpu', sql`'device', device, 'value', value, 'memory_used', memory_used, 'memory_total', memory_total, 'power_watts', power_watts`, recent)},
      ${newestOf('temperature', sql`'sensor', sensor, 'value', value`, recent)},
      ${newestOf('disk', sql`'mount', mount, 'used', used, 'free', free, 'percent', percent`, recent)},
      ${newestOf('network', sql`'device', device, 'received_per_s', received_per_s, 'sent_per_s', sent_per_s`, recent)},
      ${newestOf('process', sql`'process', process, 'rss', rss, 'cpu_percent', cpu_percent`, recent)}`.execute(db);
    return rows[0]!;
  },

  /** When anything was last measured; null before the first sample. Memory is asked because every machine tells it. */
  async findLastSampleAt(db: Db, until: Date): Promise<Date | null> {
    const { rows } = await sql<{ at: Date | null }>`select max("timestamp") as at from metrics_ram where "timestamp" <= ${until}`.execute(db);
    return rows[0]?.at ?? null;
  },

  /** Mean of a metric's values of that time by the minute, over all devices; null without any. */
  async findMean(db: Db, metric: MetricName, { since, until }: Recent): Promise<number | null> {
    const { rows } = await sql<{ mean: number | null }>`
      select sum(mean * samples) / sum(samples) as mean from metrics_rollup_1m where metric = ${metric} and bucket >= ${since} and bucket <= ${until}`.execute(
      db,
    );
    return rows[0]?.mean ?? null;
  },

  /** What the collector found this machine to be; null before its first sample. */
  async findHostFacts(db: Db): Promise<HostFacts | null> {
    const row = await db.selectFrom('metrics_host').select('facts').executeTakeFirst();
    return row ? hostFacts.parse(row.facts) : null;
  },
};
export type MetricsRepository = typeof metricsRepository;
