import { answerTurn, submitJob, turnId, type LineLimits } from '#answers';
import type { ModelRuntime } from '#clients';
import type { Citation, Ticket } from '#contracts';
import { AppError } from '#kit';
import type { Jobs } from '#queue';
import type { Principal } from '../../http/index.ts';
import type { Once } from '../idempotency/index.ts';
import type { Follow, JobsService } from '../jobs/index.ts';
import type { Annotation, ChatCompletionRequest, Usage } from './wire.ts';

/** The model's name that answers from the documents. */
export const DOCUMENTS_MODEL = 'arasul';

interface Needs {
  once: Once;
  limits: () => LineLimits;
  jobs: Pick<Jobs, 'add'>;
  runtime: Pick<ModelRuntime, 'models'>;
  running: Pick<JobsService, 'cancel' | 'result'>;
  follow: Follow;
}

/** What a client is told, in order. */
export type CompletionPart =
  | { type: 'ticket'; ticket: Ticket }
  | { type: 'text'; text: string }
  | { type: 'end'; annotations: Annotation[]; finishReason: 'stop' | 'length'; usage: Usage; model: string };

const annotate = ({ documentId, filename, page, passageId, quote, support, marker }: Citation, start: number, end: number): Annotation => ({
  type: 'url_citation',
  url_citation: {
    start_index: start,
    end_index: end,
    title: `${filename}, page ${page}`,
    url: `/documents/${documentId}?page=${page}&passage=${passageId}`,
    marker,
    document_id: documentId,
    filename,
    page,
    passage_id: passageId,
    quote,
    support,
  },
});

export type CompletionsService = ReturnType<typeof createCompletionsService>;

/** OpenAI's chat completions as jobs of the same queue as everybody's. */
export const createCompletionsService = ({ once, limits, jobs, runtime, running, follow }: Needs) => ({
  /** Puts a request in line; sent again under the same `key`, it is the same job. Errors: `model_unknown`, `queue_full`, `idempotency_mismatch`. */
  async submit(who: Principal, request: ChatCompletionRequest, key?: string): Promise<{ jobId: string; ticket: Ticket }> {
    const fromDocuments = request.model === DOCUMENTS_MODEL;
    if (!fromDocuments) {
      const chat = (await runtime.models()).filter(({ purpose }) => purpose !== 'embed' && purpose !== 'rerank');
      if (!chat.some(({ id }) => id === request.model)) {
        throw new AppError('model_unknown', {
          message: `There is no chat model “${request.model}” here. There are: ${[DOCUMENTS_MODEL, ...chat.map(({ id }) => id)].join(', ')}.`,
        });
      }
    }
    const messages = request.messages.map(({ role, content }) => ({ role: role === 'developer' ? ('system' as const) : role, content }));
    const stop = request.stop == null ? undefined : [request.stop].flat();
    // Whether it is streamed changes how the answer is sent, not the answer.
    const { stream: _, stream_options: __, ...same } = request;
    return once(who, { key, request: ['completion', same] }, async (tx) => {
      const submitted = await submitJob(
        tx,
        {
          workspaceId: who.workspaceId,
          userId: who.userId,
          prompt: messages.at(-1)!.content,
          spec: {
            kind: 'completion',
            fromDocuments,
            model: fromDocuments ? undefined : request.model,
            messages,
            maxTokens: request.max_completion_tokens ?? request.max_tokens ?? undefined,
            temperature: request.temperature ?? undefined,
            topP: request.top_p ?? undefined,
            seed: request.seed ?? undefined,
            stop,
          },
        },
        limits(),
      );
      await jobs.add(tx, answerTurn, { jobId: submitted.jobId }, { id: turnId({ id: submitted.jobId, fence: 0 }) });
      return submitted;
    });
  },

  /**
   * A job's answer as it is written. A reader that leaves before its end cancels the job, since nobody else can come for it,
   * unless `isKept`: then the client can, with its Idempotency-Key.
   * Errors: those of the model; `model_stopped` when it began again after text was sent, which cannot be taken back.
   */
  async *read(who: Principal, jobId: string, { signal, isKept = false }: { signal: AbortSignal; isKept?: boolean }): AsyncGenerator<CompletionPart> {
    const annotations: Annotation[] = [];
    let sentText = false;
    let ended = false;
    try {
      for await (const { event, data } of follow(jobId, 0, signal)) {
        if (event === 'ticket') yield { type: 'ticket', ticket: data };
        else if (event === 'started' && data.attempt > 1 && sentText) {
          throw new AppError('model_stopped', { message: 'The model stopped in mid-answer. Ask again.' });
        } else if (event === 'token') {
          sentText = true;
          yield { type: 'text', text: data.text };
        } else if (event === 'citation' && data.citation) annotations.push(annotate(data.citation, data.start, data.end));
        else if (event === 'failed') {
          ended = true;
          throw new AppError(data.code as 'internal', { message: data.message });
        } else if (event === 'cancelled') {
          ended = true;
          throw new AppError('job_not_active', { message: 'The answer was stopped.' });
        } else if (event === 'done') {
          ended = true;
          const { finishReason, promptTokens, completionTokens, model } = await running.result(jobId);
          yield {
            type: 'end',
            annotations,
            finishReason,
            usage: { prompt_tokens: promptTokens, completion_tokens: completionTokens, total_tokens: promptTokens + completionTokens },
            model: model ?? DOCUMENTS_MODEL,
          };
        }
      }
    } finally {
      // It may have ended in between; then there is nothing to stop.
      if (!ended && !isKept) await running.cancel(who, jobId).catch(() => undefined);
    }
  },
});
