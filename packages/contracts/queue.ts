import { z } from 'zod';
import { jobStatuses, ticket } from './chat.ts';
import { id, instant, pageQuery } from './common.ts';

/** A job in line or at the accelerator. What was asked is its owner's alone, so that it is not here. */
export const queueJob = z.object({
  jobId: id,
  status: z.enum(jobStatuses).extract(['pending', 'processing']),
  /** `chat`: a question of a conversation. `completion`: a request of the OpenAI-compatible API. */
  kind: z.string(),
  /** Null for other people's jobs unless an administrator looks. */
  username: z.string().nullable(),
  own: z.boolean(),
  /** The model that was asked for by name; null: the active one. */
  model: z.string().nullable(),
  ticket,
  attempts: z.number().int(),
  /** Its place was given by an administrator. */
  byHand: z.boolean(),
  createdAt: instant,
  startedAt: instant.nullable(),
});
export type QueueJob = z.infer<typeof queueJob>;

/** What one person has in line, and what they got of the accelerator in the last 24 hours. */
export const queueShare = z.object({
  userId: id,
  username: z.string(),
  waiting: z.number().int(),
  running: z.number().int(),
  answered: z.number().int(),
  /** Time at the accelerator. */
  usedMs: z.number().int(),
  /** Of all that was used, 0..1. */
  share: z.number(),
  /** How many may wait, where it was set for this person. */
  maxWaiting: z.number().int().nullable(),
});
export type QueueShare = z.infer<typeof queueShare>;

export const queueModel = z.object({
  model: z.string().nullable(),
  waiting: z.number().int(),
  running: z.number().int(),
  answered: z.number().int(),
  usedMs: z.number().int(),
});
export type QueueModel = z.infer<typeof queueModel>;

export const queueView = z.object({
  /** Null while the line moves. */
  paused: z.object({ at: instant, by: z.string().nullable(), reason: z.string().nullable() }).nullable(),
  running: z.array(queueJob),
  waiting: z.number().int(),
  ownWaiting: z.number().int(),
  limits: z.object({ own: z.number().int(), all: z.number().int() }),
  /** When a question asked now would begin to be answered. */
  next: ticket,
  /** Oneself alone, unless an administrator looks. */
  people: z.array(queueShare),
  models: z.array(queueModel),
});
export type QueueView = z.infer<typeof queueView>;

export const queueJobsQuery = pageQuery;
export const queuePause = z.object({ reason: z.string().trim().max(200).optional() });
/** Where the job goes: right before another that waits, or to the end. */
export const queueMove = z.object({ before: id.nullable() });
/** Null: the setting for all holds. */
export const queueLimit = z.object({ maxWaiting: z.number().int().min(0).max(10_000).nullable() });
/** The new wording of a question that still waits. */
export const jobPatch = z.object({
  content: z
    .string()
    .overwrite((text) => text.replaceAll('\0', '').trim())
    .min(1)
    .max(20_000),
});
