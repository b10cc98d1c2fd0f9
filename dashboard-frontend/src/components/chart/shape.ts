import type { SeriesAnswer } from '#contracts';

/** Columns as uPlot wants them: seconds, then mean, min, max of each series. `null` is a gap, `undefined` no point at that time. */
export interface ChartData {
  names: string[];
  columns: [number[], ...(number | null | undefined)[][]];
  /** Newest measured mean of each series with its time in seconds; null where the newest point is a gap. */
  last: ({ at: number; value: number } | null)[];
}

type Series = SeriesAnswer['series'][number];

/** Beyond four lines nobody tells them apart: the highest ones are drawn. */
export const MOST_LINES = 4;

const newest = (series: Series): number => series.points.findLast((point) => point.mean !== null)?.mean ?? -Infinity;

/** The series worth a line: all when they are few, else the highest, in their own order. */
export const pickSeries = (series: readonly Series[], most = MOST_LINES): Series[] => {
  if (series.length <= most) return [...series];
  const kept = new Set(series.toSorted((one, other) => newest(other) - newest(one)).slice(0, most));
  return series.filter((each) => kept.has(each));
};

/** Lays series with times of their own on one axis. */
export const shapeSeries = (series: readonly Series[]): ChartData => {
  const times = [...new Set(series.flatMap(({ points }) => points.map(({ t }) => Date.parse(t) / 1000)))].sort((one, other) => one - other);
  const at = new Map(times.map((time, index) => [time, index]));
  const columns: ChartData['columns'] = [times];
  for (const { points } of series) {
    const [mean, min, max] = [0, 1, 2].map(() => new Array<number | null | undefined>(times.length).fill(undefined)) as [
      (number | null | undefined)[],
      (number | null | undefined)[],
      (number | null | undefined)[],
    ];
    for (const point of points) {
      const index = at.get(Date.parse(point.t) / 1000) as number;
      mean[index] = point.mean;
      min[index] = point.min;
      max[index] = point.max;
    }
    columns.push(mean, min, max);
  }
  return {
    names: series.map(({ name }) => name),
    columns,
    last: series.map(({ points }) => {
      const point = points.at(-1);
      return point === undefined || point.mean === null ? null : { at: Date.parse(point.t) / 1000, value: point.mean };
    }),
  };
};

/** Moves labels apart so that none covers another; `wanted` and the result are pixels from the top, `gap` the height of one. */
export const spreadLabels = (wanted: readonly number[], gap: number, bottom: number): number[] => {
  const order = wanted.map((y, index) => ({ y, index })).toSorted((one, other) => one.y - other.y);
  let free = -Infinity;
  for (const label of order) {
    label.y = Math.max(label.y, free);
    free = label.y + gap;
  }
  let limit = bottom;
  for (const label of order.toReversed()) {
    label.y = Math.min(label.y, limit);
    limit = label.y - gap;
  }
  const placed = new Array<number>(wanted.length);
  for (const { y, index } of order) placed[index] = y;
  return placed;
};

/** The vertical range: a percentage shows its whole scale, the rest starts at zero or just below what was measured. */
export const valueRange = (unit: string, low: number | null, high: number | null): [number, number] => {
  if (unit === '%') return [0, 100];
  if (low === null || high === null || !Number.isFinite(low) || !Number.isFinite(high)) return [0, 1];
  if (unit === '°C') return [Math.min(20, Math.floor((low - 5) / 10) * 10), Math.max(80, Math.ceil((high + 5) / 10) * 10)];
  return [0, high <= 0 ? 1 : high * 1.15];
};
