import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { msToNextTick, runTicks } from './ticks.ts';

describe('ticks', () => {
  test('samples lie on one grid, an interval apart, whatever the work took', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000, max: 60_000 }), fc.integer({ min: 0, max: 4e12 }), (interval, now) => {
        const wait = msToNextTick(now, interval);
        expect((now + wait) % interval).toBe(0);
        expect(wait).toBeGreaterThanOrEqual(interval / 10);
        expect(wait).toBeLessThanOrEqual(1.1 * interval);
      }),
    );
  });

  test('a timer that fires a millisecond early does not make two ticks of one', () => {
    expect(msToNextTick(9_999, 5_000)).toBe(5_001);
  });

  test('a setting that changes is followed, a clock that is set back too, and an abort ends it', async () => {
    const abort = new AbortController();
    const waits: number[] = [];
    const clock = { now: () => times.shift() ?? 0, sleep: (ms: number) => Promise.resolve(void waits.push(ms)) };
    const times = [1_000, 5_000, 2_000];
    let interval = 5_000;
    let ticks = 0;
    await runTicks({
      clock,
      signal: abort.signal,
      intervalMs: () => interval,
      onTick: () => {
        ticks += 1;
        if (ticks === 2) interval = 1_000;
        if (ticks === 3) abort.abort();
        return Promise.resolve();
      },
    });
    expect(waits).toEqual([4_000, 5_000, 1_000]);
  });
});
