import { z } from 'zod';
import type { SchedulerConfig } from '#scheduler';

/** What decisions and tickets are made with; the worker writes it, everybody reads it. */
export const lineConfig = z.object({
  slots: z.number().int().min(1).default(1),
  agentShare: z.number().default(0.2),
  backgroundShare: z.number().default(0.1),
  switchShare: z.number().default(0.1),
  longestStintMs: z.number().default(20 * 60_000),
  longestJobMs: z.number().default(10 * 60_000),
  models: z.number().int().default(1),
  users: z.number().int().default(1),
  /** The model that answers when none is named. */
  defaultModel: z.string().nullable().default(null),
  /** Measured times of loading. */
  loadMs: z.record(z.string(), z.number()).default({}),
});
export type LineConfig = z.output<typeof lineConfig>;

/** Loading a model that was never loaded: a small one from a slow disk. */
const UNMEASURED_LOAD_MS = 15_000;
/** How far the next turn of a conversation whose state is warm may be preferred. */
const WARM_MS = 5_000;

export const loadMsOf = (config: LineConfig, model: string): number => config.loadMs[model] ?? UNMEASURED_LOAD_MS;

export const toSchedulerConfig = (config: LineConfig): SchedulerConfig => ({
  slots: config.slots,
  floors: { agent: config.agentShare, background: config.backgroundShare },
  switchMs: (model) => loadMsOf(config, model),
  switchShare: config.switchShare,
  longestStintMs: config.longestStintMs,
  models: config.models,
  users: config.users,
  maxJobMs: config.longestJobMs,
  warmMs: WARM_MS,
});
