import type { SchedulerConfig, SchedulerJob } from '#scheduler';
import { createRandom, cumulate, pick } from './random.ts';

export interface SimulatedJob extends SchedulerJob {
  model: string;
  /** What it will really take; policies do not see it. */
  actualMs: number;
}

export interface LoadOptions {
  seed: number;
  jobs: number;
  users: number;
  /** Arriving work over the accelerator's capacity; above 1 the busiest people are always in backlog. */
  intensity: number;
}

export const MODELS = ['small', 'medium', 'large'] as const;
const MODEL_SHARES = [0.5, 0.3, 0.2];
const ZIPF = 1.1;
const LEAST_MS = 2_000;
const MOST_MS = 30_000;

/** Weights 3:2:1 in turn, by the person's number. */
export const weightOfUser = (index: number): number => 3 - (index % 3);
export const userName = (index: number): string => `user${index}`;

/**
 * People of whom few ask much (Zipf 1.1), Poisson arrivals, three models, answers of 2-30 s. Estimates are what a queue can know:
 * right on average, off by a third either way.
 */
export const makeLoad = ({ seed, jobs, users, intensity }: LoadOptions): SimulatedJob[] => {
  const random = createRandom(seed);
  const people = cumulate(Array.from({ length: users }, (_, index) => 1 / (index + 1) ** ZIPF));
  const models = cumulate(MODEL_SHARES);
  const lengths = Array.from({ length: jobs }, () => Math.min(MOST_MS, LEAST_MS - Math.log(1 - random()) * 6_000));
  const meanMs = lengths.reduce((sum, ms) => sum + ms, 0) / jobs;
  let at = 0;
  return lengths.map((actualMs, index) => {
    at += (-Math.log(1 - random()) * meanMs) / intensity;
    return {
      id: `job${index}`,
      user: userName(pick(random, people)),
      class: 'interactive',
      model: MODELS[pick(random, models)]!,
      arrivedAt: at,
      actualMs,
      estimateMs: actualMs * (0.67 + random() * 0.66),
      capMs: MOST_MS,
    };
  });
};

export const SWITCH_MS = 45_000;

export const configFor = (users: number): SchedulerConfig => ({
  slots: 1,
  floors: { agent: 0.2, background: 0.1 },
  switchMs: () => SWITCH_MS,
  switchShare: 0.04,
  longestStintMs: 20 * 60_000,
  models: MODELS.length,
  users,
  maxJobMs: MOST_MS,
  warmMs: 2_000,
});
