import type { Run, Service } from './simulate.ts';

export interface Measures {
  policy: string;
  /** Work done over time taken while somebody waited. */
  busyShare: number;
  switches: number;
  /** Over all windows: the largest and the 99th percentile of |got / asked - 1|. */
  shareErrorMax: number;
  shareErrorP99: number;
  windows: number;
  /** Waits of people who ask little (fewer than 30 jobs in all). */
  lightWaitP50Ms: number;
  lightWaitP99Ms: number;
  longestWaitMs: number;
  worstBreachMs: number | null;
}

const percentile = (sorted: readonly number[], p: number): number => sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? 0;
const rising = (values: number[]): number[] => values.sort((a, b) => a - b);

const WINDOW_JOBS = 200;
const LIGHT_JOBS = 30;
/** Every window is looked at from each tenth job on; neighbours hardly differ. */
const WINDOW_STEP = 10;

/**
 * Shares on windows of 200 consecutive jobs of one person in backlog: what it got of all that those in backlog throughout the
 * window got, over its share by weight. In backlog is who could have been served at every turn: who has a job waiting of the model at work.
 */
export const shareErrors = (services: readonly Service[], weightOf: (user: string) => number): number[] => {
  const busy = [...groupBy(services)]
    .filter(([, mine]) => mine.length >= WINDOW_JOBS)
    .map(([user, mine]) => ({ user, mine, sums: runningSums(mine), gaps: gapsOf(mine, services) }));
  // When nothing more comes, people run out of one model's jobs before another's and those who were blocked by it catch up.
  const lastArrival = services.reduce((last, { job }) => Math.max(last, job.arrivedAt), 0);
  const errors: number[] = [];
  for (const { user, mine, gaps } of busy) {
    for (let at = 0; at + WINDOW_JOBS < mine.length; at += WINDOW_STEP) {
      const from = mine[at]!.startedAt;
      const to = mine[at + WINDOW_JOBS]!.startedAt;
      const first = indexAt(services, from);
      const last = indexAt(services, to);
      const covers = (upTo: Int32Array) => upTo[last] === upTo[first];
      if (to > lastArrival || !covers(gaps)) continue;
      const beside = busy.filter((other) => covers(other.gaps));
      if (beside.length < 2) continue;
      let all = 0;
      let weights = 0;
      let own = 0;
      for (const other of beside) {
        const got = between(other.sums, from, to);
        all += got;
        weights += weightOf(other.user);
        if (other.user === user) own = got;
      }
      errors.push(Math.abs(own / all / (weightOf(user) / weights) - 1));
    }
  }
  return errors;
};

/** For each turn, how many before it found nothing of this person's waiting for the model at work. */
const gapsOf = (mine: readonly Service[], services: readonly Service[]): Int32Array => {
  const waiting = new Map<string, number>();
  const change = (model: string, by: number) => waiting.set(model, (waiting.get(model) ?? 0) + by);
  const arrivals = mine.map(({ job }) => job).sort((a, b) => a.arrivedAt - b.arrivedAt);
  const gaps = new Int32Array(services.length + 1);
  let arrived = 0;
  let count = 0;
  for (const [index, { job, startedAt }] of services.entries()) {
    for (; arrived < arrivals.length && arrivals[arrived]!.arrivedAt <= startedAt; arrived += 1) change(arrivals[arrived]!.model, 1);
    gaps[index] = count;
    if ((waiting.get(job.model) ?? 0) === 0) count += 1;
    if (job.user === mine[0]!.job.user) change(job.model, -1);
  }
  gaps[services.length] = count;
  return gaps;
};

const indexAt = (services: readonly Service[], at: number): number => {
  let low = 0;
  let high = services.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (services[middle]!.startedAt < at) low = middle + 1;
    else high = middle;
  }
  return low;
};

const groupBy = (services: readonly Service[]): Map<string, Service[]> => {
  const groups = new Map<string, Service[]>();
  for (const service of services) {
    const group = groups.get(service.job.user);
    if (group) group.push(service);
    else groups.set(service.job.user, [service]);
  }
  return groups;
};

interface Sums {
  starts: number[];
  sums: number[];
}

const runningSums = (mine: readonly Service[]): Sums => {
  let sum = 0;
  return { starts: mine.map(({ startedAt }) => startedAt), sums: mine.map(({ job }) => (sum += job.actualMs)) };
};

const upTo = ({ starts, sums }: Sums, at: number): number => {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? 0 : sums[low - 1]!;
};

/** Work of the jobs that began within [from, to). */
const between = (sums: Sums, from: number, to: number): number => upTo(sums, to) - upTo(sums, from);

export const measure = (run: Run, weightOf: (user: string) => number): Measures => {
  const { services } = run;
  const counts = new Map<string, number>();
  for (const { job } of services) counts.set(job.user, (counts.get(job.user) ?? 0) + 1);
  const lightWaits = rising(services.filter(({ job }) => counts.get(job.user)! < LIGHT_JOBS).map(({ job, startedAt }) => startedAt - job.arrivedAt));
  const errors = rising(shareErrors(services, weightOf));
  const work = services.reduce((sum, { job }) => sum + job.actualMs, 0);
  return {
    policy: run.policy,
    busyShare: work / run.lastedMs,
    switches: run.switches,
    shareErrorMax: errors.at(-1) ?? 0,
    shareErrorP99: percentile(errors, 0.99),
    windows: errors.length,
    lightWaitP50Ms: percentile(lightWaits, 0.5),
    lightWaitP99Ms: percentile(lightWaits, 0.99),
    longestWaitMs: services.reduce((longest, { job, startedAt }) => Math.max(longest, startedAt - job.arrivedAt), 0),
    worstBreachMs: Number.isFinite(run.worstBreachMs) ? run.worstBreachMs : null,
  };
};
