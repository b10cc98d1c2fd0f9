import type { MetricName, SeriesAnswer } from '#contracts';
import type { SeriesPlan } from './series.plan.ts';

/** The buckets of one device in order of time, column by column. */
export interface Buckets {
  device: string;
  /** Beginning of each bucket, seconds since the epoch. */
  t: number[];
  min: number[];
  mean: number[];
  max: number[];
}

type Series = SeriesAnswer['series'][number];

/** A sample may be late or missing once without the line being broken; a whole bucket of a roll-up may not. */
const GAP_OF_SAMPLES = 2.5;
const GAP_OF_BUCKETS = 1.5;

const iso = (ms: number): string => new Date(ms).toISOString();

/** Milliseconds that usually lie between two points: of roll-ups the bucket's width, of samples their rhythm where that is longer. */
const usualStepMs = (t: number[], { source, bucketMs }: SeriesPlan): number => {
  if (source !== 'raw') return bucketMs;
  const steps = t.slice(1).map((at, index) => at - t[index]!);
  steps.sort((a, b) => a - b);
  return Math.max(bucketMs, (steps[(steps.length - 1) >> 1] ?? 0) * 1000);
};

const toSeries = (name: string, { t, min, mean, max }: Buckets, plan: SeriesPlan, round: (value: number) => number): Series => {
  const longestMs = usualStepMs(t, plan) * (plan.source === 'raw' ? GAP_OF_SAMPLES : GAP_OF_BUCKETS);
  const points: Series['points'] = [];
  const gaps: Series['gaps'] = [];
  let previousMs = Infinity;
  for (let n = 0; n < t.length; n += 1) {
    const atMs = t[n]! * 1000;
    if (atMs - previousMs > longestMs) {
      const from = iso(previousMs + plan.bucketMs);
      points.push({ t: from, min: null, mean: null, max: null });
      gaps.push({ from, to: iso(atMs) });
    }
    points.push({ t: iso(atMs), min: round(min[n]!), mean: round(mean[n]!), max: round(max[n]!) });
    previousMs = atMs;
  }
  return { name, points, gaps };
};

const toHundredths = (value: number): number => Math.round(value * 100) / 100;

/** Buckets as the lines of a chart. A gap costs one point with nulls; an empty bucket has room for it. */
export const toSeriesList = (metric: MetricName, buckets: Buckets[], plan: SeriesPlan, nameOf: (device: string) => string): Series[] => {
  const round = metric === 'network' || metric === 'process' ? Math.round : toHundredths;
  return buckets.map((own) => toSeries(nameOf(own.device), own, plan, round));
};
