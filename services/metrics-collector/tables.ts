import type { Settings } from '#contracts';
import type { Span } from './partitions.ts';

type Keep = keyof Pick<Settings['metrics'], 'rawDays' | 'minuteDays' | 'hourDays'>;

export interface TimeTable {
  table: string;
  /** What one partition holds. */
  span: Span;
  /** The setting that says how many days are kept. */
  keep: Keep;
}

/** What is measured, at full rate. */
export const rawTables: readonly TimeTable[] = ['cpu', 'ram', 'gpu', 'temperature', 'disk', 'network', 'process'].map((metric) => ({
  table: `metrics_${metric}`,
  span: 'day',
  keep: 'rawDays',
}));

export interface RollupLevel extends TimeTable {
  resolutionS: number;
}

/** Each made from the one before, the first from the raw tables. */
export const rollupLevels: readonly RollupLevel[] = [
  { table: 'metrics_rollup_1m', resolutionS: 60, span: 'month', keep: 'minuteDays' },
  { table: 'metrics_rollup_5m', resolutionS: 300, span: 'month', keep: 'minuteDays' },
  { table: 'metrics_rollup_1h', resolutionS: 3600, span: 'year', keep: 'hourDays' },
];
