import { z } from 'zod';

/** Clients send text as it is or in parts; pictures and sound are for later. */
const content = z.union([
  z.string(),
  z
    .array(z.object({ type: z.literal('text', { error: 'Only text is read here.' }), text: z.string() }))
    .transform((parts) => parts.map(({ text }) => text).join('\n')),
]);

const storable = content.transform((text) => text.replaceAll('\0', ''));

/** OpenAI's chat request, as far as it is honoured. Fields that change nothing here are let by. */
export const chatCompletionRequest = z.object({
  model: z.string().min(1).max(200),
  messages: z
    .array(z.object({ role: z.enum(['system', 'developer', 'user', 'assistant']), content: storable }))
    .min(1)
    .max(1_000)
    .refine((messages) => messages.at(-1)?.role === 'user', 'The last message must be the user’s.'),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: z.number().int().min(1).nullish(),
  max_completion_tokens: z.number().int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  seed: z.number().int().nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  n: z.literal(1, { error: 'One answer at a time.' }).nullish(),
  tools: z.array(z.unknown()).max(0, 'Tools are not supported.').nullish(),
});
export type ChatCompletionRequest = z.infer<typeof chatCompletionRequest>;

export const embeddingsRequest = z.object({
  model: z.string().min(1).max(200),
  input: z.union(
    [
      z
        .string()
        .min(1)
        .transform((text) => [text]),
      z.array(z.string().min(1)).min(1).max(2_048),
    ],
    { error: 'Send a text, or a list of up to 2,048 texts, none empty.' },
  ),
  encoding_format: z.enum(['float', 'base64']).nullish(),
});
export type EmbeddingsRequest = z.infer<typeof embeddingsRequest>;

/** One of OpenAI's citations, with ours inside. */
export interface Annotation {
  type: 'url_citation';
  url_citation: { start_index: number; end_index: number; title: string; url: string; [more: string]: unknown };
}

export interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
}
