import { z } from 'zod';
import type { Response } from 'express';
import type { Accelerator } from '#accelerator';
import { encodeVector } from '#clients';
import { AppError } from '#kit';
import { rawRoute, route, type Principal, type Route } from '../../http/index.ts';
import { idempotencyKey } from '../idempotency/index.ts';
import { writeStream, writeWhole } from './completion-writer.ts';
import { DOCUMENTS_MODEL, type CompletionsService } from './completions.service.ts';
import type { EmbeddingsService } from './embeddings.service.ts';
import { chatCompletionRequest, embeddingsRequest, type EmbeddingsRequest } from './wire.ts';

interface Needs {
  completions: CompletionsService;
  embeddings: EmbeddingsService;
  runtime: Pick<Accelerator, 'models'>;
}

const modelList = z.object({
  object: z.literal('list'),
  data: z.array(z.object({ id: z.string(), object: z.literal('model'), created: z.number(), owned_by: z.string() })),
});
const embeddingList = z.object({
  object: z.literal('list'),
  model: z.string(),
  data: z.array(z.object({ object: z.literal('embedding'), index: z.number(), embedding: z.union([z.string(), z.array(z.number())]) })),
  usage: z.object({ prompt_tokens: z.number(), total_tokens: z.number() }),
});

/** Aborted when the client is gone before the answer is. */
const whileConnected = (response: Response): AbortSignal => {
  const gone = new AbortController();
  response.once('close', () => gone.abort(new AppError('job_not_active', { message: 'The client went away before its answer was there.' })));
  return gone.signal;
};

/** The OpenAI-compatible API, under `/v1`. */
export const openaiRoutes = ({ completions, embeddings, runtime }: Needs): Route[] => {
  const listModels = async () => {
    // Answering from the documents needs no model, so this list is never empty.
    const models = await runtime.models().catch(() => []);
    return {
      object: 'list' as const,
      data: [DOCUMENTS_MODEL, ...models.map(({ id }) => id)].map((id) => ({ id, object: 'model' as const, created: 0, owned_by: 'arasul' })),
    };
  };

  const embed = async (who: Principal, request: EmbeddingsRequest, signal: AbortSignal) => {
    const { model: answeredBy, vectors, tokens } = await embeddings.embed(who, request, signal);
    const data = vectors.map((vector, index) => ({
      object: 'embedding' as const,
      index,
      embedding: request.encoding_format === 'base64' ? encodeVector(vector) : Array.from(vector),
    }));
    return { object: 'list' as const, model: answeredBy, data, usage: { prompt_tokens: tokens, total_tokens: tokens } };
  };

  return [
    route({
      method: 'get',
      path: '/models',
      auth: 'user',
      scope: 'chat',
      summary: 'Models by name; “arasul” answers from the documents.',
      output: modelList,
      handle: listModels,
    }),
    rawRoute({
      method: 'post',
      path: '/chat/completions',
      auth: 'user',
      scope: 'chat',
      summary:
        'OpenAI’s chat completions, streamed or whole. The place in line is in X-Arasul-Position, X-Arasul-Eta-Ms and X-Arasul-Eta-P90-Ms; a stream that waits says it again in comments (`: in line: position 2, about 40000 ms, at most 70000 ms`).',
      body: chatCompletionRequest,
      handle: async ({ who, body, request, response }) => {
        const key = idempotencyKey(request);
        const job = await completions.submit(who, body, key);
        const parts = completions.read(who, job.jobId, { signal: whileConnected(response), isKept: key !== undefined });
        await (body.stream ? writeStream : writeWhole)(response, job, body, parts);
      },
    }),
    route({
      method: 'post',
      path: '/embeddings',
      auth: 'user',
      scope: 'chat',
      summary:
        'OpenAI’s embeddings. They stand in line with everybody’s questions, in slices of two seconds at most, within the same limits: past one the answer is 429 with Retry-After.',
      body: embeddingsRequest,
      output: embeddingList,
      handle: ({ who, body, response }) => embed(who, body, whileConnected(response)),
    }),
  ];
};
