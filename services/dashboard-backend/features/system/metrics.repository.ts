import { sql, type RawBuilder } from 'kysely';
import { hostFacts, type HostFacts, type MetricName } from '#contracts';
import type { Db } from '#db';
import type { SeriesPlan, SeriesSource } from './series.plan.ts';
import type { Buckets } from './series.points.ts';

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

const meanOf = (metric: MetricName, { since, until }: Recent): RawBuilder<unknown> =>
  sql`(select sum(mean * samples) / sum(samples) from metrics_rollup_1m where metric = ${metric} and bucket >= ${since} and bucket <= ${until})`;

/** What is known of the machine. */
export interface Machine {
  latest: LatestReadings;
  /** When anything was last measured; null before the first sample. */
  lastSampleAt: Date | null;
  /** What the collector found this machine to be; null before its first sample. */
  facts: HostFacts | null;
  /** Mean load by the minute over all devices; null where nothing was measured. */
  lately: { cpu: number | null; gpu: number | null };
}

/** Statements on the tables that the collector writes. All read only. */
export const metricsRepository = {
  /**
   * A chart's buckets, a row for each device. Peaks are kept whatever the width: a bucket's max is the greatest of its
   * samples. As columns of JSON, which cost this process a third of the time that 672 rows take to parse; grouped by
   * the instant, since arithmetic on every row that is read took half of the statement; and put in order afterwards, when
   * there is a third of the rows.
   */
  async listBuckets(db: Db, metric: MetricName, { source, bucketMs, fromMs, toMs }: SeriesPlan): Promise<Buckets[]> {
    const at = sql.ref(source === 'raw' ? 'timestamp' : 'bucket');
    const from = source === 'raw' ? sql`metrics_samples` : sql.table(rollupTables[source]);
    const aggregates =
      source === 'raw'
        ? sql`min(value) as min, avg(value) as mean, max(value) as max`
        : sql`min(min) as min, sum(mean * samples) / sum(samples) as mean, max(max) as max`;
    const { rows } = await sql<Buckets>`
      with bucketed as materialized (
        select device, date_bin(make_interval(secs => ${bucketMs / 1000}), ${at}, 'epoch') as at, ${aggregates}
        from ${from}
        where metric = ${metric} and ${at} >= ${new Date(fromMs)} and ${at} < ${new Date(toMs)}
        group by 1, 2
      )
      select device, json_agg(extract(epoch from at)::bigint) as t, json_agg(min) as min, json_agg(mean::real) as mean, json_agg(max) as max
      from (select * from bucketed order by device, at) as ordered
      group by device order by device`.execute(db);
    return rows;
  },

  /** The machine in one statement, because many dashboards ask for it every few seconds. `lately` is the time of the means. */
  async getMachine(db: Db, recent: Recent, lately: Recent): Promise<Machine> {
    const { rows } = await sql<LatestReadings & { lastSampleAt: Date | null; facts: unknown; latelyCpu: number | null; latelyGpu: number | null }>`select
      ${newestOf('cpu', sql`'value', value`, recent)},
      ${newestOf('ram', sql`'value', value, 'used', used, 'total', total`, recent)},
      ${newestOf('gpu', sql`'device', device, 'value', value, 'memory_used', memory_used, 'memory_total', memory_total, 'power_watts', power_watts`, recent)},
      ${newestOf('temperature', sql`'sensor', sensor, 'value', value`, recent)},
      ${newestOf('disk', sql`'mount', mount, 'used', used, 'free', free, 'percent', percent`, recent)},
      ${newestOf('network', sql`'device', device, 'received_per_s', received_per_s, 'sent_per_s', sent_per_s`, recent)},
      ${newestOf('process', sql`'process', process, 'rss', rss, 'cpu_percent', cpu_percent`, recent)},
      -- Memory, because every machine tells it.
      (select max("timestamp") from metrics_ram where "timestamp" <= ${recent.until}) as "lastSampleAt",
      ${meanOf('cpu', lately)} as "latelyCpu",
      ${meanOf('gpu', lately)} as "latelyGpu",
      (select facts from metrics_host) as facts`.execute(db);
    const { lastSampleAt, facts, latelyCpu, latelyGpu, ...latest } = rows[0]!;
    return { latest, lastSampleAt, facts: facts === null ? null : hostFacts.parse(facts), lately: { cpu: latelyCpu, gpu: latelyGpu } };
  },

  /** What the collector found this machine to be; null before its first sample. */
  async findHostFacts(db: Db): Promise<HostFacts | null> {
    const row = await db.selectFrom('metrics_host').select('facts').executeTakeFirst();
    return row ? hostFacts.parse(row.facts) : null;
  },
};
export type MetricsRepository = typeof metricsRepository;
