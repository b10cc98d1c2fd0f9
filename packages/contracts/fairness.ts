import { z } from 'zod';
import { id } from './common.ts';

/** How many days back is looked; a day unless it is said. */
export const spanQuery = z.object({ days: z.coerce.number().int().min(1).max(90).default(1) });

/** How well tickets foretold the wait until the first word. */
export const estimateScore = z.object({
  predictions: z.number().int(),
  /** Median of |foretold - waited| / waited; null without predictions. */
  medianError: z.number().nullable(),
  /** Share of the waits that kept to the p90; 0.85 to 0.95 is right. */
  p90Coverage: z.number().nullable(),
  medianWaitedMs: z.number().int().nullable(),
  /** Waits beyond the stated worst one. */
  worstBroken: z.number().int(),
});
export const estimatesView = z.object({
  days: z.number().int(),
  all: estimateScore,
  /** `next`: nothing was before it. `few`: up to four. `many`: more. `switch`: a model had to be loaded. */
  buckets: z.array(estimateScore.extend({ bucket: z.enum(['next', 'few', 'many', 'switch']) })),
  /** Of each model. */
  models: z.array(estimateScore.extend({ model: z.string() })),
});
export type EstimateScore = z.infer<typeof estimateScore>;
export type EstimatesView = z.infer<typeof estimatesView>;

export const fairnessPerson = z.object({
  /** Null: the box itself, and accounts that are gone. */
  userId: id.nullable(),
  username: z.string().nullable(),
  weight: z.number(),
  /** Of those who used the accelerator in the span, by weight; 0..1. */
  askedShare: z.number(),
  /** Of the time at the accelerator; 0..1. Below the asked share for who asked for less, never because of others. */
  gotShare: z.number(),
  usedMs: z.number().int(),
  jobs: z.number().int(),
  medianWaitedMs: z.number().int(),
  longestWaitedMs: z.number().int(),
});
export type FairnessPerson = z.infer<typeof fairnessPerson>;
export const fairnessView = z.object({ days: z.number().int(), usedMs: z.number().int(), loadMs: z.number().int(), people: z.array(fairnessPerson) });
export type FairnessView = z.infer<typeof fairnessView>;
export const weightPut = z.object({ weight: z.number().min(0.1).max(100) });
