import { z } from 'zod';
import { AppError } from '#kit';
import type { ChatEvent, ChatMessage, ChatRequest, Embeddings, EmbedOptions, ModelRuntime, RuntimeModel } from './port.ts';
import { readEventData } from './sse.ts';
import type { RuntimeTarget } from './target.ts';
import { startStopwatch } from './timings.ts';
import { decodeVector } from './vectors.ts';
import { awayError, fromWire, stoppedError } from './wire-errors.ts';

const modelList = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      purpose: z.enum(['chat', 'embed', 'rerank']).nullish(),
      max_model_len: z.number().nullish(),
      active: z.boolean().nullish(),
      loaded: z.boolean().nullish(),
      digest: z.string().nullish(),
    }),
  ),
});
const usage = z.object({ prompt_tokens: z.number(), completion_tokens: z.number() });
const chunk = z.object({
  model: z.string().nullish(),
  choices: z.array(z.object({ delta: z.object({ content: z.string().nullish() }).nullish(), finish_reason: z.string().nullish() })).default([]),
  usage: usage.nullish(),
  timings: z.unknown().optional(),
  error: z.unknown().optional(),
});
const embeddingList = z.object({ model: z.string(), data: z.array(z.object({ index: z.number(), embedding: z.union([z.string(), z.array(z.number())]) })) });
const rerankList = z.object({ model: z.string().nullish(), results: z.array(z.object({ index: z.number().int(), relevance_score: z.number() })) });
const tokenCount = z.object({ count: z.number() });

/** Letters per token are rarely fewer than this in any language that a small model writes; so this estimate errs to the high side. */
const LETTERS_PER_TOKEN = 2.5;
/** Tokens that a chat template puts around each message, about. */
const TOKENS_PER_MESSAGE = 8;
/** Texts of one request: enough to fill batches by length, few enough that a cancelled call ends soon. */
const TEXTS_PER_REQUEST = 128;

interface Options {
  /** Asked before every call, so that a changed setting counts at once. */
  target: () => RuntimeTarget | Promise<RuntimeTarget>;
}

/** The port over OpenAI's wire format, with plain fetch: two calls and an event stream need no library. */
export const createOpenAiRuntime = ({ target: chooseTarget }: Options): ModelRuntime => {
  const send = async (
    target: RuntimeTarget,
    method: 'GET' | 'POST',
    path: string,
    { body, headers, signal }: { body?: unknown; headers?: Record<string, string>; signal?: AbortSignal },
  ): Promise<Response> => {
    let response: Response;
    try {
      response = await fetch(`${target.url}${path}`, {
        method,
        headers: { 'Content-Type': 'application/json', ...(target.token ? { Authorization: `Bearer ${target.token}` } : {}), ...headers },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal,
      });
    } catch (error) {
      signal?.throwIfAborted();
      throw awayError(target.url, error);
    }
    if (response.ok) return response;
    throw fromWire(response.status, await response.json().catch(() => null), target.url);
  };

  const readJson = async <T>(schema: z.ZodType<T>, response: Response, signal?: AbortSignal): Promise<T> => {
    const text = await response.text().catch((error: unknown) => {
      signal?.throwIfAborted();
      throw stoppedError(error);
    });
    const parsed = schema.safeParse(jsonOrNull(text));
    if (parsed.success) return parsed.data;
    throw new AppError('model_stopped', { message: `The model runtime at ${response.url} answered in a shape that is not OpenAI's.`, cause: parsed.error });
  };

  const list = async (target: RuntimeTarget, signal?: AbortSignal): Promise<RuntimeModel[]> => {
    const { data } = await readJson(modelList, await send(target, 'GET', '/v1/models', { signal }), signal);
    return data.map((model) => ({
      id: model.id,
      purpose: model.purpose ?? null,
      contextTokens: model.max_model_len ?? null,
      active: model.active ?? null,
      loaded: model.loaded ?? null,
      digest: model.digest ?? null,
    }));
  };

  /** Our runtime knows the active model; another must be told a name. */
  const modelFor = async (target: RuntimeTarget, asked: string | undefined, set: string | undefined, signal?: AbortSignal): Promise<string | undefined> => {
    if (asked ?? set ?? (target.dialect === 'arasul' || undefined)) return asked ?? set;
    const [first] = await list(target, signal);
    if (first) return first.id;
    throw new AppError('model_unknown', { message: `The model runtime at ${target.url} has no model. Load one there, or choose another in Settings.` });
  };

  async function* chat(request: ChatRequest, { signal }: { signal?: AbortSignal } = {}): AsyncGenerator<ChatEvent> {
    const target = await chooseTarget();
    const model = await modelFor(target, request.model, target.chatModel, signal);
    // Leaving the loop must stop the model, also when the caller has no signal of its own.
    const leaving = new AbortController();
    const both = signal ? AbortSignal.any([signal, leaving.signal]) : leaving.signal;
    const watch = startStopwatch();
    try {
      const response = await send(target, 'POST', '/v1/chat/completions', { signal: both, body: chatBody(request, model) });
      let reason: 'stop' | 'length' | undefined;
      let counted = { promptTokens: 0, completionTokens: 0 };
      let timings: unknown;
      let answeredBy = model ?? '';
      for await (const data of readEventData(bodyOf(response))) {
        if (data === '[DONE]') break;
        const part = chunk.parse(JSON.parse(data));
        if (part.error) throw fromWire(500, part, target.url);
        answeredBy = part.model ?? answeredBy;
        timings = part.timings ?? timings;
        if (part.usage) counted = { promptTokens: part.usage.prompt_tokens, completionTokens: part.usage.completion_tokens };
        const [choice] = part.choices;
        if (choice?.finish_reason) reason = choice.finish_reason === 'length' ? 'length' : 'stop';
        if (!choice?.delta?.content) continue;
        watch.onDelta();
        yield { type: 'delta', text: choice.delta.content };
      }
      if (!reason) throw new Error('the stream ended without a finish');
      yield { type: 'done', reason, model: answeredBy, usage: counted, timings: watch.timings(timings, counted) };
    } catch (error) {
      signal?.throwIfAborted();
      throw error instanceof AppError ? error : stoppedError(error);
    } finally {
      leaving.abort();
    }
  }

  const embedSome = async (target: RuntimeTarget, model: string | undefined, texts: readonly string[], options: EmbedOptions) => {
    const response = await send(target, 'POST', '/v1/embeddings', {
      signal: options.signal,
      headers: { 'x-arasul-class': options.class },
      // `input_type` is ours; strict runtimes refuse fields that they do not know.
      body: { model, input: texts, encoding_format: 'base64', ...(target.dialect === 'arasul' ? { input_type: options.kind } : {}) },
    });
    const { data, model: answeredBy } = await readJson(embeddingList, response, options.signal);
    if (data.length !== texts.length)
      throw new AppError('model_stopped', { message: `The model runtime sent ${data.length} vectors for ${texts.length} texts.` });
    return { model: answeredBy, vectors: data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => decodeVector(embedding)) };
  };

  return {
    chat,
    async embed(texts, options) {
      const target = await chooseTarget();
      const wanted = await modelFor(target, options.model, target.embedModel, options.signal);
      const answer: Embeddings = { model: wanted ?? '', dimensions: 0, vectors: [] };
      for (let at = 0; at < texts.length; at += TEXTS_PER_REQUEST) {
        const { model, vectors } = await embedSome(target, wanted, texts.slice(at, at + TEXTS_PER_REQUEST), options);
        // The active model may change between two requests; vectors of two models must not meet.
        if (at > 0 && model !== answer.model)
          throw new AppError('model_stopped', { message: 'The embedding model was changed in mid-work; embed these texts again.' });
        answer.model = model;
        answer.vectors.push(...vectors);
      }
      answer.dimensions = answer.vectors[0]?.length ?? 0;
      return answer;
    },
    async rerank(query, texts, { model: asked, signal } = {}) {
      const target = await chooseTarget();
      const model = asked ?? target.rerankModel;
      if (model === undefined && target.dialect === 'openai')
        throw new AppError('model_not_ready', { message: `No model that reranks is named for the runtime at ${target.url}. Name one in Settings.` });
      const response = await send(target, 'POST', '/v1/rerank', { signal, body: { model, query, documents: texts, top_n: texts.length } });
      const { results, model: answeredBy } = await readJson(rerankList, response, signal);
      return { model: answeredBy ?? model ?? '', scores: scoresInOrder(results, texts.length) };
    },
    async load(model, { signal } = {}) {
      const target = await chooseTarget();
      if (target.dialect === 'arasul') await send(target, 'POST', '/internal/load', { signal, body: { model } });
    },
    models: async ({ signal } = {}) => list(await chooseTarget(), signal),
    async countTokens(input, { model, signal } = {}) {
      const target = await chooseTarget();
      if (target.dialect === 'openai') return estimateTokens(input);
      const body = typeof input === 'string' ? { model, input } : { model, messages: input };
      const { count } = await readJson(tokenCount, await send(target, 'POST', '/v1/tokenize', { signal, body }), signal);
      return count;
    },
  };
};

const chatBody = ({ messages, maxTokens, temperature, topP, seed, stop }: ChatRequest, model: string | undefined) => ({
  model,
  messages,
  max_tokens: maxTokens,
  temperature,
  top_p: topP,
  seed,
  stop: stop?.length ? stop : undefined,
  stream: true,
  stream_options: { include_usage: true },
});

/** Some runtimes give shares of 1, others the bare logits; these are made shares, which keeps their order. */
const scoresInOrder = (results: readonly { index: number; relevance_score: number }[], count: number): number[] => {
  const given = new Map(results.map(({ index, relevance_score: score }) => [index, score]));
  const scores = Array.from({ length: count }, (_, index) => given.get(index));
  const whole = scores.filter((score) => score !== undefined && Number.isFinite(score)) as number[];
  if (whole.length !== count) throw new AppError('model_stopped', { message: `The model runtime scored ${whole.length} of ${count} texts.` });
  return whole.some((score) => score < 0 || score > 1) ? whole.map((score) => 1 / (1 + Math.exp(-score))) : whole;
};

const bodyOf = (response: Response): ReadableStream<Uint8Array> => {
  if (!response.body) throw new Error('the answer has no body');
  return response.body;
};

const jsonOrNull = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

const estimateTokens = (input: string | readonly ChatMessage[]): number =>
  typeof input === 'string'
    ? Math.ceil(input.length / LETTERS_PER_TOKEN)
    : input.reduce((sum, { content }) => sum + TOKENS_PER_MESSAGE + Math.ceil(content.length / LETTERS_PER_TOKEN), 0);
