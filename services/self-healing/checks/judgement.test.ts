import { expect, test } from 'vitest';
import { diskSeverity } from './disk.ts';
import { trendOf } from './memory-growth.ts';
import { isIncurable } from './process-down.ts';

test('a leak rises steadily; a cache that fills, a saw and a wild value do not', () => {
  const leak = trendOf(
    Array.from({ length: 72 }, (_, n) => 100e6 + n * 3e6 + (n % 7) * 1e6),
    1 / 12,
  );
  expect(leak.risingShare).toBeGreaterThan(0.9);
  expect(leak.bytesPerHour).toBeGreaterThan(30e6);
  const saw = trendOf(
    Array.from({ length: 72 }, (_, n) => 100e6 + (n % 12) * 5e6),
    1 / 12,
  );
  expect(saw.risingShare).toBeLessThan(0.8);
  const filled = trendOf(
    Array.from({ length: 72 }, (_, n) => (n < 10 ? n * 20e6 : 200e6)),
    1 / 12,
  );
  expect(filled.bytesPerHour).toBe(0);
  const wild = trendOf(
    Array.from({ length: 72 }, (_, n) => (n === 40 ? 4e9 : 100e6)),
    1 / 12,
  );
  expect(wild.bytesPerHour).toBe(0);
});

test('room is judged by what is left, not by the share alone', () => {
  expect([diskSeverity(100e9, 4e12), diskSeverity(8e9, 64e9), diskSeverity(5e9, 64e9), diskSeverity(2.5e9, 64e9), diskSeverity(1e9, 8e9)]).toEqual([
    null,
    null,
    'WARNING',
    'CRITICAL',
    'CRITICAL',
  ]);
});

test('a cause that starting again cannot cure is known by its words', () => {
  expect(isIncurable('The dashboard cannot start: port 80 is taken by another program; set ARASUL_PORT to a free one.')).toBe(true);
  expect(isIncurable('core was killed (by hand, or because memory ran out).')).toBe(false);
  expect(isIncurable(null)).toBe(false);
});
