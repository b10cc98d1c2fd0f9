import { z } from 'zod';

/** The process answers; nothing is said about its parts. */
export const liveAnswer = z.object({ status: z.literal('live') });

/**
 * `ready`: all that runs is well. `degraded`: the box serves, while a part is away or says that something is wrong.
 * `unavailable` (503): it cannot serve now.
 */
export const healthAnswer = z.object({
  status: z.enum(['ready', 'degraded', 'unavailable']),
  parts: z.array(z.object({ name: z.string(), state: z.enum(['starting', 'ready', 'restarting', 'failed', 'stopped', 'away']) })),
});
export type HealthAnswer = z.infer<typeof healthAnswer>;
