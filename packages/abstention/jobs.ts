import { z } from 'zod';
import { abstentionTriggers } from '#contracts';
import { defineJob, exponential } from '#queue';

/** Fits the threshold of refusing to the documents as they are now. */
export const abstentionFitJob = defineJob('abstention.fit', {
  payload: z.object({ trigger: z.enum(abstentionTriggers) }),
  attempts: 3,
  backoffMs: exponential(10_000, { max: 60_000 }),
  timeoutMs: 30 * 60_000,
});
