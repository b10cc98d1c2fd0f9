const HOUR_MS = 3_600_000;
/** Fewer points than six hours say nothing of a trend. */
const LEAST_POINTS = 6;

/**
 * Hours until a percentage reaches 100, by the median of the slopes between all pairs (Theil–Sen): a quarter of wild points
 * does not move it. Null for too few points, Infinity where it does not grow.
 */
export const hoursUntilFull = (points: readonly { at: number; percent: number }[]): number | null => {
  if (points.length < LEAST_POINTS) return null;
  const slopes: number[] = [];
  for (const [index, a] of points.entries()) {
    for (const b of points.slice(index + 1)) if (b.at > a.at) slopes.push(((b.percent - a.percent) / (b.at - a.at)) * HOUR_MS);
  }
  slopes.sort((a, b) => a - b);
  const slope = slopes[slopes.length >> 1] ?? 0;
  if (slope <= 0) return Infinity;
  return Math.max(0, (100 - points.at(-1)!.percent) / slope);
};
