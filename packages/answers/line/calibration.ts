/** How full the line was when a ticket was given: estimates err differently in each case. */
export const buckets = ['next', 'few', 'many', 'switch'] as const;
export type Bucket = (typeof buckets)[number];

const FEW = 4;

/** `next`: nothing is before it. `switch`: a model must be loaded first. */
export const bucketOf = ({ place, switches, isFree }: { place: number; switches: number; isFree: boolean }): Bucket =>
  switches > 0 ? 'switch' : isFree ? 'next' : place <= FEW ? 'few' : 'many';

/** Newest predictions that count. With 100 the p90 lies between 84 and 95 % nine times of ten (beta distribution of the 91st of 100). */
export const KEPT_RATIOS = 100;
/** Ratios that stand for what is not measured yet: half as long to twice as long, evenly on a logarithmic scale. */
const ASSUMED = Array.from({ length: 10 }, (_, index) => Math.log(2) * ((2 * (index + 0.5)) / 10 - 1));
/** Below this, times are taken to be this: nobody sees the difference, and ratios of tiny times would rule. */
const LEAST_MS = 50;

export const ratioOf = (waitedMs: number, rawMs: number): number => Math.log(Math.max(waitedMs, LEAST_MS) / Math.max(rawMs, LEAST_MS));

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length, Math.max(1, Math.ceil(share * (sorted.length + 1)))) - 1]!;

/**
 * A raw estimate corrected by how earlier ones turned out: the median, and what nine of ten keep. Split conformal prediction
 * (Vovk 2005) over a moving window: under a load that does not change, `p90Ms` holds for 90 % whatever the raw estimate's error.
 */
export const correct = (rawMs: number, ratios: readonly number[]): { etaMs: number; p90Ms: number } => {
  const missing = Math.max(0, ASSUMED.length - ratios.length);
  // Of what is assumed, evenly spread ones give way first.
  const assumed = Array.from({ length: missing }, (_, index) => ASSUMED[Math.floor(((index + 0.5) * ASSUMED.length) / missing)]!);
  const sorted = [...ratios, ...assumed].sort((a, b) => a - b);
  const base = Math.max(rawMs, LEAST_MS);
  const etaMs = base * Math.exp(quantile(sorted, 0.5));
  return { etaMs: Math.round(etaMs), p90Ms: Math.round(Math.max(etaMs, base * Math.exp(quantile(sorted, 0.9)))) };
};

/** The newest first prediction that is known the outcome of joins the window. */
export const remember = (ratios: readonly number[], ratio: number): number[] => [...ratios, ratio].slice(-KEPT_RATIOS);
