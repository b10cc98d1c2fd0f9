import { describe, expect, test } from 'vitest';
import { afterFailure, MAX_RESTARTS, type Failures } from './restart-policy.ts';

const MINUTE_MS = 60_000;

/** Fails at the given times; returns the delays until it is given up. */
const delaysOf = (times: number[], everReady = true): number[] => {
  let failures: Failures = { at: [], everReady };
  const delays: number[] = [];
  for (const time of times) {
    const next = afterFailure(failures, time);
    if (!next.restart) return delays;
    delays.push(next.delayMs);
    ({ failures } = next);
  }
  return delays;
};

describe('what follows a failure', () => {
  test('pauses double up to a minute, and the eleventh failure within 30 minutes is the last', () => {
    const delays = delaysOf(Array.from({ length: 20 }, (_, i) => i * MINUTE_MS));
    expect(delays).toHaveLength(MAX_RESTARTS);
    expect(delays).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });

  test('one failure an hour is started again for ever, at once', () => {
    expect(new Set(delaysOf(Array.from({ length: 100 }, (_, i) => i * 60 * MINUTE_MS)))).toEqual(new Set([250]));
  });

  test('what never became ready is given up within seconds', () => {
    const delays = delaysOf([0, 1_000, 2_000, 4_000, 8_000, 16_000], false);
    expect(delays).toHaveLength(4);
  });
});
