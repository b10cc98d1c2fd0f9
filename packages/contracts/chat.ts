import { z } from 'zod';
import { box, id, instant, pageQuery } from './common.ts';

export const conversationView = z.object({
  id,
  title: z.string(),
  messageCount: z.number().int(),
  createdAt: instant,
  updatedAt: instant,
  deletedAt: instant.nullable(),
});
export type ConversationView = z.infer<typeof conversationView>;
export const conversationCreate = z.object({ title: z.string().trim().max(255).optional() });
export const conversationPatch = z.object({ title: z.string().trim().min(1).max(255).optional(), restore: z.literal(true).optional() });
export const conversationQuery = pageQuery.extend({ q: z.string().trim().max(200).optional() });

/** A sentence of the answer bound to the passage that bears it. */
export const citation = z.object({
  /** The number shown in the text as `[1]`. */
  marker: z.number().int().min(1),
  documentId: id,
  filename: z.string(),
  page: z.number().int().min(1),
  passageId: id,
  boxes: z.array(box),
  quote: z.string(),
  /** 0..1: how well the passage bears the sentence that cites it. */
  support: z.number().min(0).max(1),
});
export type Citation = z.infer<typeof citation>;

/** Where the time of an answer went, in milliseconds. */
export const answerTimings = z.object({
  queuedMs: z.number(),
  retrievalMs: z.number(),
  loadMs: z.number().optional(),
  prefillMs: z.number().optional(),
  decodeMs: z.number().optional(),
  firstTokenMs: z.number().optional(),
  totalMs: z.number(),
  promptTokens: z.number().int().optional(),
  completionTokens: z.number().int().optional(),
});
export type AnswerTimings = z.infer<typeof answerTimings>;

export const messageStatuses = ['waiting', 'writing', 'complete', 'stopped', 'failed'] as const;
export const messageView = z.object({
  id,
  conversationId: id,
  role: z.enum(['user', 'assistant', 'system']),
  content: z.string(),
  status: z.enum(messageStatuses),
  citations: z.array(citation),
  /** True when every factual sentence is borne by a passage; null for a person's own words. */
  grounded: z.boolean().nullable(),
  /** Character ranges of `content` that no passage bears. */
  unsupported: z.array(z.tuple([z.number().int(), z.number().int()])),
  /** `passages`: no chat model answered; the content is the best passages, quoted. */
  answeredBy: z.enum(['model', 'passages']).nullable(),
  model: z.string().nullable(),
  timings: answerTimings.nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  jobId: id.nullable(),
  createdAt: instant,
});
export type MessageView = z.infer<typeof messageView>;

export const messageSend = z.object({
  content: z.string().trim().min(1).max(20_000),
  documentIds: z.array(id).max(1000).optional(),
  model: z.string().max(200).optional(),
});
/** A person's place in line; estimates are from measured rates and null while nothing has been measured. */
export const ticket = z.object({
  position: z.number().int().min(0),
  etaMs: z.number().int().nullable(),
  etaP90Ms: z.number().int().nullable(),
});
export type Ticket = z.infer<typeof ticket>;
export const messageAccepted = z.object({ messageId: id, userMessageId: id, jobId: id, ticket });
export type MessageAccepted = z.infer<typeof messageAccepted>;

export const jobStatuses = ['pending', 'processing', 'completed', 'failed', 'cancelled'] as const;
export const jobView = z.object({
  id,
  status: z.enum(jobStatuses),
  conversationId: id.nullable(),
  messageId: id.nullable(),
  ticket: ticket.nullable(),
  attempts: z.number().int(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  createdAt: instant,
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
});
export type JobView = z.infer<typeof jobView>;

/**
 * The events of a job's stream, in the order in which they can come. `id:` is the row's strictly rising number.
 * The `text` of all `token` events of the last attempt, joined, is the message's content.
 */
export const jobEvents = {
  ticket,
  started: z.object({ model: z.string().nullable(), attempt: z.number().int() }),
  retrieved: z.object({
    passages: z.array(z.object({ passageId: id, documentId: id, filename: z.string(), page: z.number().int(), score: z.number() })),
    degraded: z.enum(['meaning_away']).optional(),
  }),
  token: z.object({ text: z.string() }),
  /** Sent when a sentence has been checked; `unsupported` ones carry no citation. */
  citation: z.object({ citation: citation.nullable(), start: z.number().int(), end: z.number().int(), unsupported: z.boolean() }),
  done: z.object({ message: messageView }),
  failed: z.object({ code: z.string(), message: z.string() }),
  cancelled: z.object({ message: messageView.nullable() }),
} as const;
export type JobEventName = keyof typeof jobEvents;
export type JobEventData<Name extends JobEventName> = z.infer<(typeof jobEvents)[Name]>;
export const finalJobEvents: readonly JobEventName[] = ['done', 'failed', 'cancelled'];
