import { fork } from 'node:child_process';
import { workerFile } from './worker-file.ts';

/** Something that a process apart tells: how far it is, or how it ended. */
interface Told {
  type: 'progress' | 'done' | 'failed';
}
export interface Apart<T extends Told> {
  onProgress: (progress: Extract<T, { type: 'progress' }>) => void;
  /** Kills the process: only for work that may end anywhere. */
  signal: AbortSignal;
}

/**
 * Has `order` carried out by the worker `name` in a process of its own, so that its memory goes with it and its death is not ours. Resolves with the last
 * word of that process, or with `gone` and by what, when it ended without one. Errors: the signal's reason when it was told to stop.
 */
export const workApart = <T extends Told>(
  name: string,
  order: object,
  { onProgress, signal }: Apart<T>,
): Promise<Exclude<T, { type: 'progress' }> | { type: 'gone'; by: string }> =>
  new Promise((resolve, reject) => {
    const child = fork(workerFile(name), [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
    let last: Exclude<T, { type: 'progress' }> | undefined;
    const stop = (): void => void child.kill('SIGKILL');
    signal.addEventListener('abort', stop, { once: true });
    child.on('message', (told: T) => {
      if (told.type === 'progress') onProgress(told as Extract<T, { type: 'progress' }>);
      else last = told as Exclude<T, { type: 'progress' }>;
    });
    child.once('error', reject);
    child.once('exit', (code, by) => {
      signal.removeEventListener('abort', stop);
      if (signal.aborted && last?.type !== 'done') reject(signal.reason as Error);
      else resolve(last ?? { type: 'gone', by: by ?? `code ${code}` });
    });
    child.send(order);
  });
