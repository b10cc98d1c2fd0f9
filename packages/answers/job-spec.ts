import { z } from 'zod';

/** A question of a conversation: history and text are in the conversation's rows. */
const chatSpec = z.object({
  kind: z.literal('chat'),
  documentIds: z.array(z.string()).optional(),
  asOf: z.string().optional(),
  folderIds: z.array(z.string()).optional(),
  /** Other than an answer. */
  mode: z.enum(['quotes', 'summary', 'compare']).optional(),
  model: z.string().optional(),
});

/** A request of the OpenAI-compatible API: everything is in the request. */
const completionSpec = z.object({
  kind: z.literal('completion'),
  /** Answer from the documents with citations, or pass the messages on as they are. */
  fromDocuments: z.boolean(),
  model: z.string().optional(),
  messages: z.array(z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() })),
  maxTokens: z.number().int().optional(),
  temperature: z.number().optional(),
  topP: z.number().optional(),
  seed: z.number().int().optional(),
  stop: z.array(z.string()).optional(),
});

/** What a job is asked to do: `llm_jobs.kind` and `.params`. */
export const jobSpec = z.discriminatedUnion('kind', [chatSpec, completionSpec]);
export type JobSpec = z.infer<typeof jobSpec>;
export type CompletionSpec = z.infer<typeof completionSpec>;

/** Who goes first; within a class the order is that of arrival. Larger is sooner. */
export const jobPriority = { interactive: 100, background: 0 } as const;
