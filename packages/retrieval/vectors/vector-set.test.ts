import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { topK } from './top-k.ts';
import { createVectorSet, NO_VECTOR } from './vector-set.ts';

const unit = (values: readonly number[]): Float32Array => {
  const length = Math.hypot(...values) || 1;
  return Float32Array.from(values, (value) => value / length);
};
const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, at) => sum + value * b[at]!, 0);
const vector = (dimensions: number) =>
  fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: dimensions, maxLength: dimensions }).filter((values) => Math.hypot(...values) > 0.01);

describe('exact vectors', () => {
  test('every cosine is that of plain arithmetic, whatever the number of dimensions', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 70 }).chain((dimensions) => fc.tuple(vector(dimensions), fc.array(vector(dimensions), { minLength: 1, maxLength: 20 }))),
        ([query, rows]) => {
          const set = createVectorSet(query.length);
          rows.forEach((row, at) => set.put(at, unit(row)));
          const scores = new Float32Array(rows.length);
          set.scores(unit(query), scores, rows.length);
          rows.forEach((row, at) => expect(Math.abs(scores[at]! - dot(unit(query), unit(row)))).toBeLessThan(3e-4));
        },
      ),
    );
  });

  test('a filter never changes a score, and never lets another row through', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(vector(8), fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 60 }), vector(8), (rows, query) => {
        const set = createVectorSet(8);
        rows.forEach(([row, stored], at) => stored && set.put(at, unit(row)));
        const all = new Float32Array(rows.length);
        const some = new Float32Array(rows.length);
        set.scores(unit(query), all, rows.length);
        set.scores(
          unit(query),
          some,
          rows.length,
          Uint8Array.from(rows, ([, , allowed]) => Number(allowed)),
        );
        rows.forEach(([, stored, allowed], at) => expect(some[at]).toBe(stored && allowed ? all[at] : NO_VECTOR));
      }),
    );
  });

  test('more rows than one block, and removal', () => {
    const set = createVectorSet(16);
    const rows = Array.from({ length: 9_000 }, (_, at) => unit(Array.from({ length: 16 }, (__, d) => Math.sin(at * 7 + d * 3))));
    rows.forEach((row, at) => set.put(at, row));
    set.remove(5);
    const scores = new Float32Array(9_000);
    set.scores(rows[8_500]!, scores, 9_000);
    expect(topK(scores, 1)[0]).toBe(8_500);
    expect(scores[5]).toBe(NO_VECTOR);
    expect(set.size).toBe(8_999);
  });

  test('the ten best of 2,000 are those of float32', () => {
    let seed = 1;
    const random = (): number => ((seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647) * 2 - 1;
    const rows = Array.from({ length: 2_000 }, () => unit(Array.from({ length: 384 }, random)));
    const set = createVectorSet(384);
    rows.forEach((row, at) => set.put(at, row));
    let found = 0;
    for (let trial = 0; trial < 20; trial += 1) {
      const query = unit(Array.from({ length: 384 }, random));
      const scores = new Float32Array(rows.length);
      set.scores(query, scores, rows.length);
      const exact = new Set(
        topK(
          Float32Array.from(rows, (row) => dot(row, query)),
          10,
        ),
      );
      found += [...topK(scores, 10)].filter((at) => exact.has(at)).length;
    }
    expect(found).toBeGreaterThanOrEqual(198);
  });

  test('a vector of the wrong length is refused', () => {
    expect(() => createVectorSet(8).put(0, new Float32Array(9))).toThrow('9 dimensions');
  });
});
