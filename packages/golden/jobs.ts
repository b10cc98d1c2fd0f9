import { z } from 'zod';
import { goldenTriggers } from '#contracts';
import { defineJob, exponential } from '#queue';

/** Whether the search may compare vectors of another model; asked once these are complete. */
export const goldenGateJob = defineJob('golden.gate', {
  payload: z.object({ model: z.string() }),
  attempts: 5,
  backoffMs: exponential(10_000, { max: 300_000 }),
  timeoutMs: 30 * 60_000,
});

/** One run over all golden questions of the box. */
export const goldenRunJob = defineJob('golden.run', {
  payload: z.object({ trigger: z.enum(goldenTriggers) }),
  attempts: 3,
  backoffMs: exponential(10_000, { max: 60_000 }),
  timeoutMs: 30 * 60_000,
});
