import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { AppError, errorText, workerFile } from '#kit';
import type { EmbedWorkerData, FromEmbedWorker, Pooling, ToEmbedWorker } from './messages.ts';

export interface EmbedModelSpec {
  id: string;
  folder: string;
  pooling: Pooling;
  maxTokens: number;
  /** What this model expects before a question and before a passage. */
  prefixes?: { query: string; passage: string };
}

export interface EmbeddedBatch {
  vectors: Float32Array;
  dimensions: number;
  tokens: number;
}

export interface LoadedEmbedModel {
  spec: EmbedModelSpec;
  /** One batch, padded to its longest text. Errors: `model_stopped`. */
  embed(texts: string[]): Promise<EmbeddedBatch>;
  countTokens(text: string): Promise<number>;
  unload(): Promise<void>;
}

type Answer = Exclude<FromEmbedWorker, { type: 'ready' }>;

/** Starts a thread with the model in it. Errors: `model_not_ready` with the reason. `onLost` is told when the thread dies by itself. */
export const loadEmbedModel = (
  spec: EmbedModelSpec,
  { onLost, threads = availableParallelism() }: { onLost: () => void; threads?: number },
): Promise<LoadedEmbedModel> => {
  const workerData: EmbedWorkerData = { folder: spec.folder, pooling: spec.pooling, maxTokens: spec.maxTokens, threads };
  const worker = new Worker(workerFile('embed'), { workerData, name: 'embed' });
  const waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>();
  let nextId = 0;
  let unloading = false;
  let becomeIdle = () => {};

  const ask = (message: ToEmbedWorker): Promise<Answer> =>
    new Promise((resolve, reject) => {
      if (unloading) {
        reject(new AppError('model_away', { message: `${spec.id} is being unloaded.`, retryAfterMs: 1_000 }));
        return;
      }
      waiting.set(message.id, { resolve, reject });
      worker.postMessage(message);
    });

  const model: LoadedEmbedModel = {
    spec,
    async embed(texts) {
      const answer = await ask({ type: 'embed', id: (nextId += 1), texts });
      if (answer.type !== 'embedded') throw new TypeError(`Expected vectors, got ${answer.type}.`);
      return answer;
    },
    async countTokens(text) {
      const answer = await ask({ type: 'count', id: (nextId += 1), text });
      if (answer.type !== 'counted') throw new TypeError(`Expected a count, got ${answer.type}.`);
      return answer.count;
    },
    async unload() {
      unloading = true;
      // A thread that is ended inside native code takes the whole process with it: what is in hand ends first.
      if (waiting.size > 0) await new Promise<void>((resolve) => (becomeIdle = resolve));
      await worker.terminate();
    },
  };

  return new Promise((resolve, reject) => {
    let isReady = false;
    worker.on('message', (message: FromEmbedWorker) => {
      if (message.type === 'ready') {
        isReady = true;
        resolve(model);
        return;
      }
      const waiter = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.type === 'failed') waiter?.reject(new AppError('model_stopped', { message: `${spec.id} could not embed a text: ${message.message}` }));
      else waiter?.resolve(message);
      if (waiting.size === 0) becomeIdle();
    });
    const onEnd = (cause?: unknown) => {
      const stopped = new AppError('model_stopped', {
        message: `${spec.id} stopped in mid-work. It is loaded again at the next call.`,
        cause,
        retryAfterMs: 1_000,
      });
      for (const { reject: rejectWaiter } of waiting.values()) rejectWaiter(stopped);
      waiting.clear();
      becomeIdle();
      if (!isReady) {
        reject(
          new AppError('model_not_ready', {
            message: `${spec.id} could not be loaded from ${spec.folder} (${cause ? errorText(cause) : 'its thread ended'}). Remove it under Models and download it again.`,
            cause,
          }),
        );
      } else if (!unloading) onLost();
    };
    worker.on('error', onEnd);
    worker.on('exit', () => onEnd());
  });
};
