import fc from 'fast-check';
import { expect, test } from 'vitest';
import { topK } from './top-k.ts';

const brute = (scores: readonly number[], k: number, floor: number): number[] =>
  scores
    .map((_, place) => place)
    .filter((place) => scores[place]! > floor)
    .sort((a, b) => scores[b]! - scores[a]! || a - b)
    .slice(0, k);

test('the same as sorting everything, ties and all', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 200 }),
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: -6, max: 5 }),
      (scores, k, floor) => {
        expect([...topK(Float32Array.from(scores), k, floor)]).toEqual(brute(scores, k, floor));
      },
    ),
    { numRuns: 500 },
  );
});

test('scores that are not numbers are never found', () => {
  expect([...topK(Float32Array.of(Number.NaN, 1, Number.NaN, 2), 4)]).toEqual([3, 1]);
});
