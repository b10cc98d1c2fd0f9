import type { Settings } from '#contracts';

/** Where a chart's values come from: the samples, or one of their roll-ups. */
export type SeriesSource = 'raw' | '1m' | '5m' | '1h';

export interface SeriesPlan {
  source: SeriesSource;
  /** Width of a bucket; every bucket begins at a multiple of it since the epoch. */
  bucketMs: number;
  /** First instant inside, a bucket's beginning, and first one after. */
  fromMs: number;
  toMs: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * Widths that a reader can name, each with the coarsest source that divides it: at most six rows are read for a point,
 * except beyond two years. The same spans give the same buckets at every refresh, so that a chart does not tremble.
 */
const WIDTHS: readonly (readonly [SeriesSource, readonly number[]])[] = [
  ['raw', [1, 2, 5, 10, 15, 30].map((n) => n * SECOND)],
  ['1m', [1, 2].map((n) => n * MINUTE)],
  ['5m', [5, 10, 15, 20, 30].map((n) => n * MINUTE)],
  ['1h', [...[1, 2, 3, 4, 6, 12].map((n) => n * HOUR), ...[1, 2, 7, 14, 28].map((n) => n * DAY)]],
];

interface Asked {
  fromMs: number;
  toMs: number;
  /** Points of a series at most. */
  points: number;
  nowMs: number;
  keep: Pick<Settings['metrics'], 'rawDays' | 'minuteDays'>;
}

/** Chooses the finest buckets that fit into `points`, from a source that still has the beginning of the span. */
export const planSeries = ({ fromMs, toMs, points, nowMs, keep }: Asked): SeriesPlan => {
  const ageMs = nowMs - fromMs;
  const tooOld = { raw: ageMs > keep.rawDays * DAY, '1m': ageMs > keep.minuteDays * DAY, '5m': ageMs > keep.minuteDays * DAY, '1h': false };
  for (const [source, widths] of WIDTHS) {
    if (tooOld[source]) continue;
    // One more bucket than the span has widths: it begins in one and ends in another.
    const bucketMs = widths.find((width) => Math.ceil((toMs - fromMs) / width) + 1 <= points);
    if (bucketMs !== undefined) return align(source, bucketMs, fromMs, toMs);
  }
  return align('1h', Math.ceil((toMs - fromMs) / (points - 1) / DAY) * DAY, fromMs, toMs);
};

const align = (source: SeriesSource, bucketMs: number, fromMs: number, toMs: number): SeriesPlan => ({
  source,
  bucketMs,
  fromMs: Math.floor(fromMs / bucketMs) * bucketMs,
  toMs,
});
