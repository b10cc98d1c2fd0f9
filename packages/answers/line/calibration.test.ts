import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../test/support/scheduler/random.ts';
import { bucketOf, correct, ratioOf, remember } from './calibration.ts';

/** Plays estimates against waits: how often the p90 held, and the median error, over the last `count` of them. */
const play = (waited: (n: number, random: () => number) => { waitedMs: number; rawMs: number }, count: number, seed: number) => {
  const random = createRandom(seed);
  let ratios: number[] = [];
  let held = 0;
  const errors: number[] = [];
  for (let n = 0; n < count + 100; n += 1) {
    const { waitedMs, rawMs } = waited(n, random);
    const { etaMs, p90Ms } = correct(rawMs, ratios);
    if (n >= 100) {
      if (waitedMs <= p90Ms) held += 1;
      errors.push(Math.abs(etaMs - waitedMs) / waitedMs);
    }
    ratios = remember(ratios, ratioOf(waitedMs, rawMs));
  }
  errors.sort((a, b) => a - b);
  return { coverage: held / count, medianError: errors[Math.floor(count / 2)]! };
};

describe('M1 a corrected estimate', () => {
  test('holds its p90 in 85 to 95 % of a stationary load, however wrong the raw estimate is', () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0.2, max: 5, noNaN: true }), fc.double({ min: 0.05, max: 1, noNaN: true }), (seed, bias, spread) => {
        const { coverage } = play(
          (_n, random) => {
            const rawMs = 500 + random() * 60_000;
            return { rawMs, waitedMs: rawMs * bias * Math.exp(spread * (random() + random() + random() - 1.5)) };
          },
          2_000,
          seed,
        );
        expect(coverage).toBeGreaterThanOrEqual(0.85);
        expect(coverage).toBeLessThanOrEqual(0.95);
      }),
      { numRuns: 30 },
    );
  });

  test('follows a box that became three times slower', () => {
    const { coverage, medianError } = play((n, random) => ({ rawMs: 10_000, waitedMs: (n < 500 ? 10_000 : 30_000) * (0.9 + 0.2 * random()) }), 1_500, 3);
    expect(medianError).toBeLessThan(0.2);
    expect(coverage).toBeGreaterThan(0.85);
  });

  test('is careful while nothing is known, and never says a p90 below the median', () => {
    expect(correct(10_000, [])).toMatchObject({ etaMs: expect.any(Number), p90Ms: expect.any(Number) });
    expect(correct(10_000, []).p90Ms).toBeGreaterThan(15_000);
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { maxLength: 120 }), (rawMs, ratios) => {
        const { etaMs, p90Ms } = correct(rawMs, ratios);
        expect(p90Ms).toBeGreaterThanOrEqual(etaMs);
      }),
    );
  });

  test('is corrected by its like', () => {
    expect(bucketOf({ place: 1, switches: 0, isFree: true })).toBe('next');
    expect(bucketOf({ place: 1, switches: 0, isFree: false })).toBe('few');
    expect(bucketOf({ place: 30, switches: 0, isFree: false })).toBe('many');
    expect(bucketOf({ place: 1, switches: 1, isFree: true })).toBe('switch');
  });
});
