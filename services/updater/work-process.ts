import { fork } from 'node:child_process';
import { workerFile } from '#kit';
import type { Order, Result, Told } from './protocol.ts';

export class WorkFailed extends Error {
  /** Of `updateRefusals`; null when it was something else. */
  readonly refusal: string | null;
  constructor(message: string, refusal: string | null = null) {
    super(message);
    this.refusal = refusal;
  }
}

type OnProgress = (progress: Extract<Told, { type: 'progress' }>) => void;

/** Has an order carried out in a process apart. Errors: `WorkFailed`; the signal's reason when it was told to stop. */
export const carryOut = (order: Order, { onProgress, signal }: { onProgress: OnProgress; signal: AbortSignal }): Promise<Result> =>
  new Promise((resolve, reject) => {
    const child = fork(workerFile('update-work'), [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
    let outcome: Told | undefined;
    const stop = (): void => void child.kill('SIGKILL'); // before the switch nothing counts, and the switch is one rename
    signal.addEventListener('abort', stop, { once: true });
    child.on('message', (told: Told) => {
      if (told.type === 'progress') onProgress(told);
      else outcome = told;
    });
    child.once('error', reject);
    child.once('exit', (code, by) => {
      signal.removeEventListener('abort', stop);
      if (outcome?.type === 'done') resolve(outcome.result);
      else if (signal.aborted) reject(signal.reason as Error);
      else if (outcome?.type === 'failed') reject(new WorkFailed(outcome.message, outcome.refusal));
      else reject(new WorkFailed(`The process that did it ended before it was done (${by ?? `code ${code}`}). Nothing was switched.`));
    });
    child.send(order);
  });
