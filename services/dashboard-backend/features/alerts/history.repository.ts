import { sql } from 'kysely';
import type { Sample } from '#alerts';
import type { RuleDefinition } from '#contracts';
import type { Db } from '#db';

/** From which rows a metric's past is read: single samples, or their roll-ups. */
export type MetricSource = 'raw' | '1m' | '1h';

interface Span {
  fromMs: number;
  toMs: number;
}
type Watched = Pick<RuleDefinition, 'signal' | 'device' | 'match'>;

const rollups = { '1m': { table: 'metrics_rollup_1m', widthMs: 60_000 }, '1h': { table: 'metrics_rollup_1h', widthMs: 3_600_000 } } as const;

interface Columns {
  device: string;
  at: number[];
  value: number[];
}

const toSamples = (rows: readonly Columns[]): Sample[] =>
  rows.flatMap(({ device, at, value }) => at.map((each, index) => ({ device, at: each, value: value[index]! }))).sort((a, b) => a.at - b.at);

/** Statements on what rules could see in the past. All read only. */
export const historyRepository = {
  /**
   * What a metric was from `fromMs` (excluded) to `toMs`, in order of time. Of roll-ups, each bucket stands at its end: by its mean, or by its peak where
   * a single sample counts.
   */
  async metric(db: Db, { signal, device }: Watched, source: MetricSource, value: 'mean' | 'min' | 'max', { fromMs, toMs }: Span): Promise<Sample[]> {
    const metric = signal.slice('metric.'.length);
    const [from, to] = [new Date(fromMs), new Date(toMs)];
    const named = device === '*' ? sql`true` : sql`device = ${device}`;
    const inner =
      source === 'raw'
        ? sql`select device, (extract(epoch from "timestamp") * 1000)::bigint as at, value from metrics_samples
            where metric = ${metric} and "timestamp" > ${from} and "timestamp" <= ${to} and ${named}`
        : sql`select device, (extract(epoch from bucket) * 1000)::bigint + ${rollups[source].widthMs - 1} as at, ${sql.ref(value)} as value
            from ${sql.table(rollups[source].table)}
            where metric = ${metric} and bucket > ${new Date(fromMs - rollups[source].widthMs)} and bucket <= ${new Date(toMs - rollups[source].widthMs)} and ${named}`;
    const { rows } = await sql<Columns>`
      select device, json_agg(at order by at) as at, json_agg(value order by at) as value from (${inner}) samples group by device`.execute(db);
    return toSamples(rows);
  },

  /** What any other signal was: the rows of the span, and for each series the one before, which still held. */
  async signal(db: Db, { signal, device, match = '' }: Watched, { fromMs, toMs }: Span): Promise<Sample[]> {
    const [from, to] = [new Date(fromMs), new Date(toMs)];
    const named = device === '*' ? sql`true` : sql`device = ${device}`;
    const { rows } = await sql<{ device: string; at: Date; value: number }>`
      (select distinct on (device) device, at, value from alert_signal_history
        where signal = ${signal} and match = ${match} and at <= ${from} and at > ${new Date(fromMs - 2 * 3_600_000)} and ${named} order by device, at desc)
      union all
      select device, at, value from alert_signal_history
        where signal = ${signal} and match = ${match} and at > ${from} and at <= ${to} and ${named}
      order by at`.execute(db);
    return rows.map(({ device: name, at, value }) => ({ device: name, at: at.getTime(), value }));
  },
};
export type HistoryRepository = typeof historyRepository;
