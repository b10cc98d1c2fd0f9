import { defineCheck } from '../types.ts';

const WINDOW_MS = 10 * 60_000;
const MOST_RESTARTS = 4;

/** A part that ends by itself again and again: starting it once more is not the cure, its reasons are. */
export const restartLoop = defineCheck({
  id: 'process.restart_loop',
  everyMs: 15_000,
  async look({ control, clock }) {
    if (!control) return { skipped: 'No supervisor: the service runs by itself.' };
    const since = clock.now() - WINDOW_MS;
    return (await control.list()).flatMap(({ name, history }) => {
      const recent = history.filter(({ detectedAt, by }) => Date.parse(detectedAt) > since && (by === null || by === 'launcher'));
      if (recent.length < MOST_RESTARTS) return [];
      const reasons = [...new Set(recent.map(({ reason }) => reason))];
      return [
        {
          subject: name,
          severity: 'CRITICAL' as const,
          description: `${name} ended by itself ${recent.length} times within 10 minutes. Last reason: ${reasons.at(-1)}`,
          evidence: { part: name, count: recent.length, reason: reasons.at(-1) ?? null },
        },
      ];
    });
  },
});
