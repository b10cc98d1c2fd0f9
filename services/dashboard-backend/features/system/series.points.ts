import type { MetricName, SeriesAnswer } from '#contracts';
import type { SeriesPlan } from './series.plan.ts';

export interface BucketRow {
  device: string;
  /** Beginning of the bucket in ms. */
  t: number;
  min: number;
  mean: number;
  max: number;
}

type Series = SeriesAnswer['series'][number];

/** A sample may be late or missing once without the line being broken; a whole bucket of a roll-up may not. */
const GAP_OF_SAMPLES = 2.5;
const GAP_OF_BUCKETS = 1.5;

const iso = (ms: number): string => new Date(ms).toISOString();

/** Time that usually lies between two points: of roll-ups the bucket's width, of samples their rhythm where that is longer. */
const usualStep = (rows: BucketRow[], { source, bucketMs }: SeriesPlan): number => {
  if (source !== 'raw') return bucketMs;
  const steps = rows.slice(1).map((row, index) => row.t - rows[index]!.t);
  steps.sort((a, b) => a - b);
  return Math.max(bucketMs, steps[(steps.length - 1) >> 1] ?? 0);
};

const toSeries = (name: string, rows: BucketRow[], plan: SeriesPlan, round: (value: number) => number): Series => {
  const longest = usualStep(rows, plan) * (plan.source === 'raw' ? GAP_OF_SAMPLES : GAP_OF_BUCKETS);
  const points: Series['points'] = [];
  const gaps: Series['gaps'] = [];
  let previous: number | undefined;
  for (const { t, min, mean, max } of rows) {
    if (previous !== undefined && t - previous > longest) {
      const from = iso(previous + plan.bucketMs);
      points.push({ t: from, min: null, mean: null, max: null });
      gaps.push({ from, to: iso(t) });
    }
    points.push({ t: iso(t), min: round(min), mean: round(mean), max: round(max) });
    previous = t;
  }
  return { name, points, gaps };
};

const toHundredths = (value: number): number => Math.round(value * 100) / 100;

/** Rows in order of device and time as the lines of a chart. A gap costs one point with nulls; an empty bucket has room for it. */
export const toSeriesList = (metric: MetricName, rows: BucketRow[], plan: SeriesPlan, nameOf: (device: string) => string): Series[] => {
  const byDevice = new Map<string, BucketRow[]>();
  for (const row of rows) {
    const own = byDevice.get(row.device);
    if (own) own.push(row);
    else byDevice.set(row.device, [row]);
  }
  const round = metric === 'network' || metric === 'process' ? Math.round : toHundredths;
  return [...byDevice].map(([device, own]) => toSeries(nameOf(device), own, plan, round));
};
