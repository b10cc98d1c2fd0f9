import { errorText, type Logger } from '#kit';
import type { SearchEngine } from '../index/engine.ts';
import type { PassageSource } from './source.ts';

/** Rows a call: large enough that a round trip costs nothing, small enough that a search never waits long behind one in the thread. */
const BATCH = 256;
const RETRY_MS = 2_000;

export interface Follower {
  /** Resolves when everything that was stored at the start has been indexed. */
  readonly loaded: Promise<void>;
  /** Brings one document up to date; resolves when it is. Errors: those of the source. */
  refresh(documentId: string): Promise<void>;
  /** Looks at every document again. */
  refreshAll(): Promise<void>;
  close(): void;
}

interface Needs {
  readonly source: PassageSource;
  readonly engine: () => SearchEngine;
  /** Where vectors are kept instead of in the engine. */
  readonly outer?: { follow(documentId: string): void };
  readonly log: Pick<Logger, 'warn'>;
}

const batches = <T>(items: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(items.length / BATCH) }, (_, at) => items.slice(at * BATCH, (at + 1) * BATCH));

/**
 * Keeps the index equal to the rows. A notice only says "look at this document": what to do follows from comparing rows and
 * index, so that lost, doubled and late notices do no harm. One document at a time, the last asked for first.
 */
export const createFollower = ({ source, engine, outer, log }: Needs): Follower => {
  const waiting = new Map<string, { promise: Promise<void>; resolve: () => void; reject: (error: unknown) => void }>();
  let running = false;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  const update = async (documentId: string): Promise<void> => {
    const index = engine();
    const document = await source.findDocument(documentId);
    outer?.follow(documentId);
    if (document === null) return index.removeDocument(documentId);
    const { passages, vectors } = await index.reconcile(documentId, document.workspaceId, document.places, document.passages);
    for (const ids of batches(passages)) await index.add(documentId, document.workspaceId, await source.readPassages(ids));
    if (outer !== undefined) return;
    for (const [model, all] of Object.entries(vectors)) {
      for (const ids of batches(all)) await index.addVectors(await source.readVectors(model, ids));
    }
  };

  const retryLater = (documentIds: () => Promise<void>): void => {
    if (closed) return;
    clearTimeout(timer);
    timer = setTimeout(() => void documentIds().catch(() => undefined), RETRY_MS);
    timer.unref();
  };

  const run = async (): Promise<void> => {
    if (running) return;
    running = true;
    while (waiting.size > 0 && !closed) {
      const [documentId, { resolve, reject }] = [...waiting].at(-1)!;
      waiting.delete(documentId);
      try {
        await update(documentId);
        resolve();
      } catch (error) {
        reject(error);
        log.warn({ documentId, reason: errorText(error) }, 'a document could not be brought into the search index; trying again');
        retryLater(refreshAll);
      }
    }
    running = false;
  };

  const refresh = (documentId: string): Promise<void> => {
    const known = waiting.get(documentId);
    if (known !== undefined) return known.promise;
    let settle = { resolve: (): void => undefined, reject: (_: unknown): void => undefined };
    const promise = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
    promise.catch(() => undefined); // told in the log; who awaits it gets it as well
    waiting.set(documentId, { promise, ...settle });
    void run();
    return promise;
  };

  const refreshAll = async (): Promise<void> => {
    try {
      const stored = await source.listDocuments();
      const known = await engine().documents();
      const kept = new Set(stored);
      // The last put in is the first taken out: oldest first here, so that the newest can be searched first.
      // One that fails was told in the log and is tried again; it must not keep the others from being searched.
      await Promise.allSettled([...known.filter((id) => !kept.has(id)), ...stored.toReversed()].map(refresh));
    } catch (error) {
      retryLater(refreshAll);
      throw error;
    }
  };

  const stop = source.onChange((documentId) => {
    if (documentId === null) void refreshAll().catch(() => undefined);
    else void refresh(documentId);
  });

  const load = async (): Promise<void> => {
    while (!closed) {
      try {
        return await refreshAll();
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
      }
    }
  };

  return {
    loaded: load(),
    refresh,
    refreshAll,
    close() {
      closed = true;
      clearTimeout(timer);
      stop();
    },
  };
};
