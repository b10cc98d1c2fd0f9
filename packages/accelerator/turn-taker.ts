import { beginSlice, endSlice, enterSlice, keepSlice, SLICE_LEASE_MS, type NewSlice } from '#answers';
import type { Database, Notifier } from '#db';

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  notifier: Pick<Notifier, 'publish' | 'subscribe' | 'onReconnect'>;
}

/** Signals may be lost with a connection, so the line is asked this often anyway. */
const ASK_ANYWAY_MS = 1_000;

/** Runs `work` when it is its turn at the accelerator. Rejects with the signal's reason when that is aborted before. */
export type TakeTurn = <T>(slice: NewSlice, signal: AbortSignal | undefined, work: () => Promise<T>) => Promise<T>;

/** Resolves at the next stir of the line, after a second, or when aborted. */
const nextStir = ({ subscribe, onReconnect }: Needs['notifier'], signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      for (const end of ends) end();
      resolve();
    };
    const timer = setTimeout(done, ASK_ANYWAY_MS);
    const ends = [subscribe('queue.wake', ({ queue }) => queue !== 'tickets' && done()), onReconnect(done)];
    signal?.addEventListener('abort', done, { once: true });
  });

/**
 * Turns at the accelerator for work that is no question. One after the other in a process: two that wait there would only
 * take turns with each other.
 */
export const createTurnTaker = ({ database, notifier }: Needs): TakeTurn => {
  let last: Promise<unknown> = Promise.resolve();

  const take: TakeTurn = async (slice, signal, work) => {
    signal?.throwIfAborted();
    const id = await enterSlice(database.db, slice);
    const heartbeat = setInterval(() => void keepSlice(database.db, id).catch(() => undefined), SLICE_LEASE_MS / 3);
    let began: number | null = null;
    try {
      for (;;) {
        // Listens before it asks: what changes in between must not be missed.
        const stirred = new AbortController();
        const stir = nextStir(notifier, signal ? AbortSignal.any([signal, stirred.signal]) : stirred.signal);
        const isTurn = await beginSlice(database, id, slice);
        if (isTurn) {
          stirred.abort();
          break;
        }
        await stir;
        signal?.throwIfAborted();
      }
      began = performance.now();
      return await work();
    } finally {
      clearInterval(heartbeat);
      // Should this fail, the lease's end does it.
      await endSlice({ database, notifier }, id, began === null ? null : performance.now() - began).catch(() => undefined);
    }
  };

  return (slice, signal, work) => {
    const turn = last.then(
      () => take(slice, signal, work),
      () => take(slice, signal, work),
    );
    last = turn.catch(() => undefined);
    return turn;
  };
};
