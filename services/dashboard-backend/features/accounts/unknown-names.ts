import { lockDurationMs } from './lockout.ts';

const REMEMBERED = 1_000;

/** Counts and locks names that have no account as if they had one, so that a lock does not tell which names exist. */
export const createUnknownNames = ({ lockAfterAttempts }: { lockAfterAttempts: () => number }) => {
  const names = new Map<string, { failures: number; locks: number; lockedUntil: number }>();
  return {
    /** When the lock of `name` ends, in milliseconds since the epoch; 0 when there is none. */
    lockedUntil: (name: string): number => names.get(name)?.lockedUntil ?? 0,

    countFailure(name: string, now: number): void {
      const state = names.get(name) ?? { failures: 0, locks: 0, lockedUntil: 0 };
      state.failures += 1;
      if (state.failures >= lockAfterAttempts()) {
        state.lockedUntil = now + lockDurationMs(state.locks);
        state.failures = 0;
        state.locks += 1;
      }
      // Put at the end: the names that were guessed longest ago are forgotten first.
      names.delete(name);
      names.set(name, state);
      if (names.size > REMEMBERED) names.delete(names.keys().next().value!);
    },
  };
};
