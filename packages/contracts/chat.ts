import { z } from 'zod';
import { box, id, instant, pageQuery } from './common.ts';
import { answerFeedback } from './feedback.ts';
import { recalledSource } from './recalls.ts';

/** Text that people type; NUL cannot be stored, and nobody types it on purpose. */
const typed = z.string().overwrite((text) => text.replaceAll('\0', '').trim());

export const conversationView = z.object({
  id,
  /** Empty until it is named: by a person, or after the first question. */
  title: z.string(),
  messageCount: z.number().int(),
  createdAt: instant,
  updatedAt: instant,
  deletedAt: instant.nullable(),
});
export type ConversationView = z.infer<typeof conversationView>;
export const conversationCreate = z.object({ title: typed.max(255).optional() });
export const conversationPatch = z.object({ title: typed.min(1).max(255).optional(), /** Undoes a deletion. */ restore: z.literal(true).optional() });
/** `q` is looked for in titles and messages. */
export const conversationQuery = pageQuery.extend({ q: typed.max(200).optional() });
/** Messages come in the order of the conversation unless the newest are asked for first. */
export const messageQuery = pageQuery.extend({ order: z.enum(['oldest', 'newest']).default('oldest') });

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

/** What came closest to a question that the documents do not answer. */
export const nearestPassage = citation.omit({ marker: true, support: true });
export type NearestPassage = z.infer<typeof nearestPassage>;

/** Where the time of an answer went, in milliseconds. */
export const answerTimings = z.object({
  queuedMs: z.number(),
  retrievalMs: z.number(),
  loadMs: z.number().optional(),
  prefillMs: z.number().optional(),
  decodeMs: z.number().optional(),
  /** Of reading and writing, what a cool machine would not have taken. */
  throttledMs: z.number().optional(),
  /** The hottest that what computes was meanwhile; absent where no sensor tells. */
  temperatureC: z.number().optional(),
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
  /** Character ranges of numbers in `content` that stand in no passage, whether or not their sentence is cited. */
  doubtfulNumbers: z.array(z.tuple([z.number().int(), z.number().int()])),
  /** The documents do not answer the question, and the answer says so; `nearest` is what came closest. */
  refused: z.boolean(),
  nearest: z.array(nearestPassage),
  /** `passages`: no chat model answered; the content is the best passages, quoted. */
  answeredBy: z.enum(['model', 'passages']).nullable(),
  model: z.string().nullable(),
  timings: answerTimings.nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  jobId: id.nullable(),
  /** Cited passages that are not said any more: their document changed or is gone. */
  recalled: z.array(recalledSource),
  /** Set when the answer was made from what the documents said then. */
  asOf: instant.nullable(),
  /** Why its sources deserve a second look: only words were compared, or the search was hardly sure that the documents answer. */
  weakSearch: z.enum(['words_only', 'unsure']).nullable(),
  /** What its reader said of it. */
  feedback: answerFeedback.nullable(),
  createdAt: instant,
});
export type MessageView = z.infer<typeof messageView>;

const namedBy = { summary: 1, compare: 2 } as const;
export const askModes = ['answer', 'quotes', 'summary', 'compare'] as const;
export const messageSend = z
  .object({
    content: typed.min(1).max(20_000),
    documentIds: z.array(id).max(1000).optional(),
    /** Only what stands in these folders and below them. */
    folderIds: z.array(id).max(1000).optional(),
    /**
     * `quotes`: the passages that fit best, word for word, without asking a model. `summary` of one document and `compare` of two read
     * them whole, behind everybody's questions.
     */
    mode: z.enum(askModes).default('answer'),
    /** Answers from what the documents said then. */
    asOf: instant.optional(),
    model: z.string().max(200).optional(),
  })
  .refine(({ mode, documentIds = [] }) => mode === 'answer' || mode === 'quotes' || documentIds.length === namedBy[mode], {
    message: 'A summary names one document, a comparison two.',
    path: ['documentIds'],
  });
export type MessageSend = z.infer<typeof messageSend>;
/** A person's place in line; estimates are from measured rates and null while nothing has been measured. */
export const ticket = z.object({
  /** 0: it runs. 1: next. */
  position: z.number().int().min(0),
  /** Until the answer begins to be written: the median, and what nine of ten keep. */
  etaMs: z.number().int().nullable(),
  etaP90Ms: z.number().int().nullable(),
  /** An administrator holds the line: nothing begins, and nobody can say when. */
  paused: z.literal(true).optional(),
  /** Models that are loaded before it begins, its own included. */
  switches: z.number().int().optional(),
  /** No later than this, whatever comes: computed from the line and the configuration. */
  worstMs: z.number().int().optional(),
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
export const jobQuery = pageQuery.extend({ status: z.enum(jobStatuses).optional() });

/**
 * The events of a job's stream, in the order in which they can come. `id:` is the row's strictly rising number.
 * The `text` of all `token` events of the last attempt, joined, is the message's content.
 * While a job waits, further `ticket` events without an `id:` tell how its place changes.
 */
export const jobEvents = {
  ticket,
  /** From `attempt` 2 on: discard what came before, the answer is being written again. */
  started: z.object({ model: z.string().nullable(), attempt: z.number().int() }),
  retrieved: z.object({
    passages: z.array(z.object({ passageId: id, documentId: id, filename: z.string(), page: z.number().int(), score: z.number() })),
    degraded: z.enum(['meaning_away']).optional(),
  }),
  /** A long document is read in parts before anything is written. */
  progress: z.object({ done: z.number().int(), all: z.number().int() }),
  token: z.object({ text: z.string() }),
  /** Sent when a sentence has been checked; `unsupported` ones carry no citation. */
  citation: z.object({
    citation: citation.nullable(),
    start: z.number().int(),
    end: z.number().int(),
    unsupported: z.boolean(),
    /** Ranges of the sentence's numbers that stand in no passage. */
    doubtfulNumbers: z.array(z.tuple([z.number().int(), z.number().int()])).optional(),
  }),
  /** `message` is null for a job of the OpenAI-compatible API, which has no conversation. */
  done: z.object({ message: messageView.nullable() }),
  failed: z.object({ code: z.string(), message: z.string() }),
  cancelled: z.object({ message: messageView.nullable() }),
} as const;
export type JobEventName = keyof typeof jobEvents;
export type JobEventData<Name extends JobEventName> = z.infer<(typeof jobEvents)[Name]>;
export const finalJobEvents: readonly JobEventName[] = ['done', 'failed', 'cancelled'];
