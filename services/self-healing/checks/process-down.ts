import { defineCheck } from '../types.ts';

/** Causes that starting again cannot cure, by the words in which our own parts say them. */
const INCURABLE = [
  /is taken by another program/,
  /configuration/i,
  /Set ARASUL_/,
  /ARASUL_[A-Z_]+ (is|must)/,
  /No space left|disk .* is full/i,
  /Read-only file system/i,
];

/** Whether a part's last words name a cause that is a person's to cure. */
export const isIncurable = (lastError: string | null): boolean => lastError !== null && INCURABLE.some((pattern) => pattern.test(lastError));

/** A part that its supervisor has given up, or keeps trying to bring up. One that is still starting is slow, not sick. */
export const processDown = defineCheck({
  id: 'process.down',
  everyMs: 3_000,
  after: 3,
  async look({ control, held }) {
    if (!control) return { skipped: 'No supervisor: the service runs by itself.' };
    const [parts, stopped] = [await control.list(), await held()];
    return parts
      .filter(({ name, state }) => !stopped.has(name) && (state === 'failed' || state === 'restarting'))
      .map(({ name, state, restarts, lastError }) => ({
        subject: name,
        severity: state === 'failed' ? ('CRITICAL' as const) : ('WARNING' as const),
        description: `${name} ${state === 'failed' ? 'has been given up after failing again and again' : 'does not come up'}. ${lastError ?? ''}`.trim(),
        evidence: { part: name, state, restarts, lastError },
        ...(isIncurable(lastError) ? { incurable: `Starting it again does not help: ${lastError}` } : {}),
      }));
  },
});
