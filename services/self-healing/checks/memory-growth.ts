import { sql } from 'kysely';
import { defineCheck } from '../types.ts';

const HOURS = 6;
/** Buckets of five minutes. Fewer are not a trend. */
const LEAST_BUCKETS = 36;
/** A leak rises; a cache fills and stays. This share of all pairs of buckets must rise. */
const RISING_SHARE = 0.8;
/** Below this rate a box runs for months. */
const LEAST_BYTES_PER_H = 20e6;
/** Within which time the memory would be full. */
const HORIZON_H = 48;
/** It holds models, which come and go by gigabytes. */
const NOT_LOOKED_AT = ['model-runtime'];

export interface Trend {
  bytesPerHour: number;
  risingShare: number;
}

/** The slope that the middle one of all pairs has (Theil-Sen): a few wild values do not move it. Values are one per `stepHours`. */
export const trendOf = (values: readonly number[], stepHours: number): Trend => {
  const slopes: number[] = [];
  for (let a = 0; a < values.length; a += 1) for (let b = a + 1; b < values.length; b += 1) slopes.push((values[b]! - values[a]!) / ((b - a) * stepHours));
  slopes.sort((a, b) => a - b);
  return { bytesPerHour: slopes[Math.floor(slopes.length / 2)] ?? 0, risingShare: slopes.filter((slope) => slope > 0).length / Math.max(1, slopes.length) };
};

/** Memory that only ever grows. */
export const memoryGrowth = defineCheck({
  id: 'memory.growth',
  everyMs: 10 * 60_000,
  after: 2,
  async look({ database }) {
    const { rows } = await sql<{ process: string; values: number[] }>`
      select device as process, array_agg(min::float8 order by bucket) as values from metrics_rollup_5m
      where metric = 'process' and bucket > now() - make_interval(hours => ${HOURS}) group by device`.execute(database.db);
    const { rows: ram } = await sql<{
      free: number;
    }>`select (total - used)::float8 as free from metrics_ram where total is not null order by "timestamp" desc limit 1`.execute(database.db);
    const freeBytes = ram[0]?.free ?? null;
    return rows.flatMap(({ process, values }) => {
      if (NOT_LOOKED_AT.includes(process) || values.length < LEAST_BUCKETS) return [];
      const { bytesPerHour, risingShare } = trendOf(values, 1 / 12);
      const hoursLeft = freeBytes === null || bytesPerHour <= 0 ? Infinity : freeBytes / bytesPerHour;
      if (bytesPerHour < LEAST_BYTES_PER_H || risingShare < RISING_SHARE || hoursLeft > HORIZON_H) return [];
      const mb = Math.round(bytesPerHour / 1e6);
      return [
        {
          subject: process,
          severity: 'WARNING' as const,
          description: `${process} has grown by ${mb} MB an hour for ${HOURS} hours; the memory would be full in about ${Math.round(hoursLeft)} hours.`,
          evidence: { part: process, megabytesPerHour: mb, hoursLeft: Math.round(hoursLeft) },
        },
      ];
    });
  },
});
