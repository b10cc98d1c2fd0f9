import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { partitionAt, partitionEnd } from './partitions.ts';

describe('partitions', () => {
  test.each([
    ['day', '2026-11-22T23:59:59.999Z', 'metrics_cpu_p20261122', '2026-11-22T00:00:00.000Z', '2026-11-23T00:00:00.000Z'],
    ['month', '2024-02-29T12:00:00Z', 'metrics_cpu_p202402', '2024-02-01T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
    ['year', '2026-01-01T00:00:00Z', 'metrics_cpu_p2026', '2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ] as const)('a %s that holds %s', (span, at, name, from, to) => {
    expect(partitionAt('metrics_cpu', span, Date.parse(at))).toEqual({ name, table: 'metrics_cpu', from, to });
  });

  test('every instant is inside its partition, and the name alone tells the end', () => {
    fc.assert(
      fc.property(fc.constantFrom('day' as const, 'month' as const, 'year' as const), fc.integer({ min: 0, max: Date.parse('2300-01-01') }), (span, t) => {
        const { name, from, to } = partitionAt('metrics_disk', span, t);
        expect(Date.parse(from)).toBeLessThanOrEqual(t);
        expect(Date.parse(to)).toBeGreaterThan(t);
        expect(partitionEnd(name)).toBe(Date.parse(to));
        expect(partitionAt('metrics_disk', span, Date.parse(to)).from).toBe(to);
      }),
    );
  });

  test('a table that is not ours has no end', () => expect(partitionEnd('metrics_rollup_pending')).toBeNull());
});
