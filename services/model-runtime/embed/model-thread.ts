import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { AppError, errorText, workerFile } from '#kit';
import type { EmbedWorkerData, FromEmbedWorker, ToEmbedWorker } from './messages.ts';

export type ThreadAnswer = Exclude<FromEmbedWorker, { type: 'ready' }>;
type WithoutId<Message> = Message extends unknown ? Omit<Message, 'id'> : never;

export interface ThreadOptions {
  /** Told when the thread dies by itself. */
  onLost: () => void;
  threads?: number;
}

export interface ModelThread {
  /** Errors: `model_stopped`, `model_away` while it is being unloaded. */
  ask(message: WithoutId<ToEmbedWorker>): Promise<ThreadAnswer>;
  unload(): Promise<void>;
}

/** Starts a thread with a model in it. Errors: `model_not_ready` with the reason. */
export const startModelThread = (
  id: string,
  { threads = availableParallelism(), ...data }: Omit<EmbedWorkerData, 'threads'> & { threads?: number | undefined },
  onLost: () => void,
): Promise<ModelThread> => {
  const worker = new Worker(workerFile('embed'), { workerData: { ...data, threads } satisfies EmbedWorkerData, name: data.task });
  const waiting = new Map<number, { resolve: (answer: ThreadAnswer) => void; reject: (error: Error) => void }>();
  let nextId = 0;
  let unloading = false;
  let becomeIdle = () => {};

  const thread: ModelThread = {
    ask: (message) =>
      new Promise((resolve, reject) => {
        if (unloading) {
          reject(new AppError('model_away', { message: `${id} is being unloaded.`, retryAfterMs: 1_000 }));
          return;
        }
        nextId += 1;
        waiting.set(nextId, { resolve, reject });
        worker.postMessage({ ...message, id: nextId });
      }),
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
        resolve(thread);
        return;
      }
      const waiter = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.type === 'failed') waiter?.reject(new AppError('model_stopped', { message: `${id} could not read a text: ${message.message}` }));
      else waiter?.resolve(message);
      if (waiting.size === 0) becomeIdle();
    });
    const onEnd = (cause?: unknown) => {
      const stopped = new AppError('model_stopped', {
        message: `${id} stopped in mid-work. It is loaded again at the next call.`,
        cause,
        retryAfterMs: 1_000,
      });
      for (const { reject: rejectWaiter } of waiting.values()) rejectWaiter(stopped);
      waiting.clear();
      becomeIdle();
      if (!isReady) {
        reject(
          new AppError('model_not_ready', {
            message: `${id} could not be loaded from ${data.folder} (${cause ? errorText(cause) : 'its thread ended'}). Remove it under Models and download it again.`,
            cause,
          }),
        );
      } else if (!unloading) onLost();
    };
    worker.on('error', onEnd);
    worker.on('exit', () => onEnd());
  });
};
