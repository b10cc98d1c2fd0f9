import type { Clock } from '#kit';

/**
 * Milliseconds to the next multiple of the interval. Samples lie on one grid whatever the work took, so that every
 * minute has the same number of them; a tick that comes a little early waits for the next but one line, not for 1 ms.
 */
export const msToNextTick = (now: number, intervalMs: number): number => {
  const wait = intervalMs - (now % intervalMs);
  return wait < intervalMs / 10 ? wait + intervalMs : wait;
};

interface Needs {
  clock: Clock;
  /** Asked before each wait: the setting may change. */
  intervalMs: () => number;
  onTick: () => Promise<void>;
  signal: AbortSignal;
}

/** Calls `onTick` at every line of the grid until the signal is aborted. A clock that is set only moves the grid. */
export const runTicks = async ({ clock, intervalMs, onTick, signal }: Needs): Promise<void> => {
  while (!signal.aborted) {
    await clock.sleep(msToNextTick(clock.now(), intervalMs()), signal).catch(() => undefined);
    if (!signal.aborted) await onTick();
  }
};
