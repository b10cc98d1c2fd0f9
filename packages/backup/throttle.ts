import { systemClock, type Clock } from '#kit';

/** May run ahead by so much: a pause for each 64 kB would cost more than it spares. */
const BURST_MS = 200;

/** Resolves when `bytes` more may go; at once without a limit. */
export const createThrottle = (maxBytesPerS: number | undefined, signal?: AbortSignal, clock: Clock = systemClock) => {
  let paidUntilMs = clock.now();
  return async (bytes: number): Promise<void> => {
    signal?.throwIfAborted();
    if (maxBytesPerS === undefined) return;
    const now = clock.now();
    paidUntilMs = Math.max(now, paidUntilMs) + (bytes / maxBytesPerS) * 1000;
    if (paidUntilMs - now > BURST_MS) await clock.sleep(paidUntilMs - now, signal);
  };
};
