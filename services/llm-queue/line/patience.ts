import { isDatabaseAway } from '#db';
import { systemClock } from '#kit';

const RETRY_MS = 150;

/**
 * Repeats `work`, which must be able to run twice, while Postgres is away: a restart takes seconds, and an answer in hand
 * is worth waiting for. Rejects with the signal's reason when it is aborted first.
 */
export const whileAway = async <T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isDatabaseAway(error)) throw error;
      await systemClock.sleep(RETRY_MS, signal);
    }
  }
};
