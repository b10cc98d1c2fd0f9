import { z } from 'zod';

/** OpenAI also allows content in parts; text parts are joined. */
const content = z.union([
  z.string(),
  z.array(z.object({ type: z.literal('text'), text: z.string() })).transform((parts) => parts.map(({ text }) => text).join('')),
]);

const message = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant']).transform((role) => (role === 'developer' ? ('system' as const) : role)),
  content,
});

/** A request may name no model, or `default`: the active one answers. */
const model = z
  .string()
  .max(200)
  .nullish()
  .transform((name) => (name && name !== 'default' ? name : undefined));

const stop = z
  .union([z.string(), z.array(z.string()).max(16)])
  .nullish()
  .transform((given) => (given == null ? [] : [given].flat().filter((text) => text !== '')));

/** OpenAI's default is 1; on small models that reads as noise. */
const DEFAULT_TEMPERATURE = 0.7;

export const chatBody = z.object({
  model,
  messages: z.array(message).min(1).max(1_000),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: z.number().int().min(1).nullish(),
  max_completion_tokens: z.number().int().min(1).nullish(),
  temperature: z
    .number()
    .min(0)
    .max(2)
    .nullish()
    .transform((given) => given ?? DEFAULT_TEMPERATURE),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.number().int().min(0).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  seed: z.number().int().nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  stop,
  // One answer is what there is: asking for several must not silently give one.
  n: z.literal(1).nullish(),
});
export type ChatBody = z.output<typeof chatBody>;

export const embeddingsBody = z.object({
  model,
  input: z.union([z.string(), z.array(z.string()).min(1).max(2_048)]).transform((given) => [given].flat()),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  input_type: z.enum(['query', 'passage']).nullish(),
});

export const rerankBody = z.object({
  model,
  query: z.string().min(1),
  documents: z
    .array(z.union([z.string(), z.object({ text: z.string() }).transform(({ text }) => text)]))
    .min(1)
    .max(1_000),
  top_n: z.number().int().min(1).nullish(),
  return_documents: z.boolean().nullish(),
});

export const tokenizeBody = z.union([z.object({ model, input: z.string() }), z.object({ model, messages: z.array(message).min(1) })]);

export const modelBody = z.object({ model: z.string().min(1).max(200) });
