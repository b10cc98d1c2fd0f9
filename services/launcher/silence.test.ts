import { describe, expect, test } from 'vitest';
import { nextSilence, silenceLimitMs, type Silence } from './silence.ts';

describe('a silent process', () => {
  test('that was stopped is given up soon, one that works or waits for a disk late: slow is not sick', () => {
    const limits = ['T', 'S', 'D', 'R'].map((state) => silenceLimitMs({ state, isWorking: false }));
    expect(limits).toEqual([10_000, 20_000, 60_000, 60_000]);
    expect(silenceLimitMs({ state: 'S', isWorking: true })).toBe(60_000);
    expect(silenceLimitMs({ state: null, isWorking: false })).toBe(20_000);
  });

  test('is silent from its last sign of life', () => {
    let silence: Silence | null = nextSilence(null, 0, 1_000);
    for (let now = 2_000; now <= 9_000; now += 1_000) silence = nextSilence(silence, 3_000, now);
    expect(silence).toEqual({ lookedAt: 9_000, since: 3_000 });
  });

  test('is not blamed for the time in which the watcher itself slept', () => {
    const before = nextSilence(nextSilence(null, 0, 1_000), 1_500, 2_000);
    const after = nextSilence(before, 1_500, 3_600_000);
    expect(after.since).toBe(3_600_000);
    expect(nextSilence(after, 1_500, 3_601_000).since).toBe(3_600_000);
  });
});
