import { systemClock, type Clock } from './clock.ts';

/** Delay before try `attempt` (1-based), in milliseconds: doubling from `firstMs` up to `maxMs`. */
export const exponentialBackoffMs = (attempt: number, { firstMs, maxMs }: { firstMs: number; maxMs: number }): number =>
  Math.min(maxMs, firstMs * 2 ** Math.max(0, attempt - 1));

interface RetryOptions {
  attempts: number;
  firstMs: number;
  maxMs: number;
  signal?: AbortSignal;
  clock?: Clock;
  /** False ends the tries at once with that error. */
  retryIf?: (error: unknown) => boolean;
}

/** Runs `work` until it succeeds, at most `attempts` times, with doubling delays. Throws the last error. */
export const retry = async <T>(
  work: (attempt: number) => Promise<T>,
  { attempts, firstMs, maxMs, signal, clock = systemClock, retryIf = () => true }: RetryOptions,
): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt >= attempts || !retryIf(error)) throw error;
      await clock.sleep(exponentialBackoffMs(attempt, { firstMs, maxMs }), signal);
    }
  }
};
