import { Worker } from 'node:worker_threads';
import { workerFile } from '#kit';
import type { SearchIndex } from './search-index.ts';

/** The index behind a thread: the same calls, answered later. */
export type SearchEngine = {
  [Name in keyof SearchIndex]: (...args: Parameters<SearchIndex[Name]>) => Promise<ReturnType<SearchIndex[Name]>>;
} & { close(): Promise<void> };

export interface EngineCall {
  readonly id: number;
  readonly name: keyof SearchIndex;
  readonly args: readonly unknown[];
}

export type EngineAnswer = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: unknown };

const NAMES = [
  'reconcile',
  'add',
  'addVectors',
  'removeDocument',
  'documents',
  'openDocuments',
  'search',
  'stats',
] as const satisfies readonly (keyof SearchIndex)[];

const engineOf = (call: (name: keyof SearchIndex, args: readonly unknown[]) => Promise<unknown>, close: () => Promise<void>): SearchEngine =>
  Object.assign(Object.fromEntries(NAMES.map((name) => [name, (...args: unknown[]) => call(name, args)])) as unknown as Omit<SearchEngine, 'close'>, { close });

/**
 * The index in a worker thread, so that neither a search over a million passages nor the load of a library holds up the
 * process. Calls are answered in order. Errors: every call fails once the thread is gone; `onExit` tells that it went unasked.
 */
export const createWorkerEngine = ({ onExit }: { onExit?: (error: Error) => void } = {}): SearchEngine => {
  const worker = new Worker(workerFile('retrieval-index'), { name: 'retrieval-index' });
  const pending = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>();
  let next = 0;
  let gone: Error | null = null;
  let closing = false;

  const fail = (error: Error): void => {
    if (gone !== null) return;
    gone = error;
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
    if (!closing) onExit?.(error);
  };

  worker.on('message', (answer: EngineAnswer) => {
    const call = pending.get(answer.id);
    pending.delete(answer.id);
    if (pending.size === 0) worker.unref();
    if ('error' in answer) call?.reject(answer.error);
    else call?.resolve(answer.value);
  });
  worker.on('error', (error) => fail(error instanceof Error ? error : new Error(String(error))));
  worker.on('exit', (code) => fail(new Error(`The search index's thread ended (code ${code}).`)));
  // A process that waits for no answer and has nothing else to do may end: the index is only a copy of rows.
  worker.unref();

  return engineOf(
    (name, args) =>
      new Promise((resolve, reject) => {
        if (gone !== null) return reject(gone);
        next += 1;
        if (pending.size === 0) worker.ref();
        pending.set(next, { resolve, reject });
        worker.postMessage({ id: next, name, args } satisfies EngineCall);
      }),
    async () => {
      closing = true;
      await worker.terminate();
    },
  );
};
