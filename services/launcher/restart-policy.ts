/** Most restarts within the window; one more means that restarting does not cure it. */
export const MAX_RESTARTS = 10;
const WINDOW_MS = 30 * 60_000;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 60_000;
// Somebody waits at the terminal for the first start: say within seconds that it does not work.
const MAX_FAILURES_BEFORE_READY = 5;

export interface Failures {
  /** When it failed, oldest first, within the window. */
  at: readonly number[];
  everReady: boolean;
}

export type NextStep = { restart: true; delayMs: number; failures: Failures } | { restart: false; reason: string };

/** What to do after a failure at `now` (epoch milliseconds): how long to wait, or that it is enough. */
export const afterFailure = (failures: Failures, now: number): NextStep => {
  const at = [...failures.at.filter((time) => now - time < WINDOW_MS), now];
  if (!failures.everReady && at.length >= MAX_FAILURES_BEFORE_READY) return { restart: false, reason: `It failed ${at.length} times and never became ready.` };
  if (at.length > MAX_RESTARTS) return { restart: false, reason: `It failed ${at.length} times within 30 minutes.` };
  return { restart: true, delayMs: Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (at.length - 1)), failures: { ...failures, at } };
};
