import { z } from 'zod';
import { goldenTriggers } from '#contracts';
import { defineJob, exponential } from '#queue';

/** One run over all golden questions of the box. */
export const goldenRunJob = defineJob('golden.run', {
  payload: z.object({ trigger: z.enum(goldenTriggers) }),
  attempts: 3,
  backoffMs: exponential(10_000, { max: 60_000 }),
  timeoutMs: 30 * 60_000,
});
