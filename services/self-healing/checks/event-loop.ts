import { defineCheck } from '../types.ts';

/** From here on a page feels stuck at every click. */
const SLOW_MEAN_MS = 200;
/** A process that is this late all the time does not do its work any more. */
const STUCK_MEAN_MS = 2_000;

/** How late the event loops are. Ten looks in a row, more than a minute: a large collection or a busy minute passes. */
export const eventLoop = defineCheck({
  id: 'event_loop.delay',
  everyMs: 7_000,
  after: 10,
  async look({ control }) {
    if (!control) return { skipped: 'No supervisor: the service runs by itself.' };
    return (await control.list()).flatMap(({ name, loopMeanMs }) => {
      if (loopMeanMs === null || loopMeanMs < SLOW_MEAN_MS) return [];
      const isStuck = loopMeanMs >= STUCK_MEAN_MS;
      return [
        {
          subject: name,
          severity: isStuck ? ('CRITICAL' as const) : ('WARNING' as const),
          description: `${name} answers ${Math.round(loopMeanMs)} ms late on average, for more than a minute.`,
          evidence: { part: name, meanMs: Math.round(loopMeanMs) },
          ...(isStuck ? {} : { incurable: 'It is slow and not stuck: starting it again would only lose what it has in hand.' }),
        },
      ];
    });
  },
});
