import { z } from 'zod';
import { instant } from './common.ts';
import { serviceState } from './metrics.ts';

/** What the launcher writes to `ARASUL_STATE_FILE` at every change, as one whole (never half a file). */
export const launcherState = z.object({
  version: z.string(),
  /** Of the launcher. */
  pid: z.number().int(),
  startedAt: instant,
  port: z.number().int(),
  /** Addresses that other machines of the network can use, the likeliest first. */
  addresses: z.array(z.string()),
  /** `postgres` and every service, in the order of starting. */
  services: z.array(serviceState),
});
export type LauncherState = z.infer<typeof launcherState>;
