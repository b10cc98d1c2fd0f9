import type { SeriesPoint } from '#contracts';

interface Bucket {
  min: number;
  sum: number;
  max: number;
  count: number;
}

/** More lines nobody tells apart. */
const MOST_SERIES = 4;

/** Gathers values into at most `count` points a series, peaks kept; an empty stretch of three points is a gap. */
export const createPoints = ({ fromMs, toMs, count }: { fromMs: number; toMs: number; count: number }) => {
  const widthMs = Math.max(1, Math.ceil((toMs - fromMs) / count));
  const devices = new Map<string, Map<number, Bucket>>();

  const pointsOf = (buckets: ReadonlyMap<number, Bucket>): SeriesPoint[] => {
    const points: SeriesPoint[] = [];
    let before: number | null = null;
    const timeOf = (index: number): string => new Date(fromMs + index * widthMs).toISOString();
    for (const [index, { min, sum, max, count: n }] of [...buckets].sort(([a], [b]) => a - b)) {
      if (before !== null && index - before > 3) points.push({ t: timeOf(before + 1), min: null, mean: null, max: null });
      points.push({ t: timeOf(index), min, mean: sum / n, max });
      before = index;
    }
    return points;
  };

  return {
    add(device: string, at: number, value: number): void {
      let buckets = devices.get(device);
      if (!buckets) devices.set(device, (buckets = new Map()));
      const index = Math.min(count - 1, Math.max(0, Math.floor((at - fromMs) / widthMs)));
      const bucket = buckets.get(index);
      if (!bucket) buckets.set(index, { min: value, sum: value, max: value, count: 1 });
      else {
        bucket.min = Math.min(bucket.min, value);
        bucket.max = Math.max(bucket.max, value);
        bucket.sum += value;
        bucket.count += 1;
      }
    },
    /** The series that are wanted by name, or those that went farthest to the bad side. */
    list(side: 'above' | 'below', first: readonly string[] = []): { name: string; points: SeriesPoint[] }[] {
      const extreme = (buckets: ReadonlyMap<number, Bucket>): number =>
        [...buckets.values()].reduce((worst, { min, max }) => Math.max(worst, side === 'above' ? max : -min), -Infinity);
      return [...devices]
        .map(([name, buckets]) => ({ name, buckets, wanted: first.includes(name), worst: extreme(buckets) }))
        .sort((a, b) => Number(b.wanted) - Number(a.wanted) || b.worst - a.worst)
        .slice(0, MOST_SERIES)
        .map(({ name, buckets }) => ({ name, points: pointsOf(buckets) }));
    },
  };
};
