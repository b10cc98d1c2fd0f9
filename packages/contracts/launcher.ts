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

/** Sent to the launcher, has it start again what `releases/current.json` names now. */
export const restartSignal = 'SIGUSR2';

/** One part as its supervisor sees it: a process with its services, a unit, or a container. */
export const controlledPart = z.object({
  name: z.string(),
  services: z.array(z.string()),
  state: serviceState.shape.state,
  pid: z.number().int().nullable(),
  restarts: z.number().int(),
  lastError: z.string().nullable(),
  /** The box is of no use without it, so that it cannot be held. */
  essential: z.boolean(),
  /** How long ago it gave a sign of life; null when it gives none. */
  heardMsAgo: z.number().int().nullable(),
  /** Lateness of its event loop over the last seconds, and its memory; null for what it does not say. */
  loopMeanMs: z.number().nullable(),
  loopMaxMs: z.number().nullable(),
  rssBytes: z.number().nullable(),
  /** Its newest restarts, oldest first. */
  history: z.array(z.object({ detectedAt: instant, readyAt: instant.nullable(), reason: z.string(), by: z.string().nullable() })),
});
export type ControlledPart = z.infer<typeof controlledPart>;

/** What the launcher answers on its private socket. */
export const controlAnswer = z.object({ pid: z.number().int(), parts: z.array(controlledPart) });

export const controlWish = z.object({ by: z.string().min(1).max(50), reason: z.string().max(500) });
export type ControlWish = z.infer<typeof controlWish>;
