import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planSeries, type SeriesPlan } from './series.plan.ts';
import { toSeriesList, type Buckets } from './series.points.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.parse('2026-11-22T10:00:00Z');
const keep = { rawDays: 7, minuteDays: 60 };
const over = (span: number, points = 1000, ago = 0) => planSeries({ fromMs: NOW - ago - span, toMs: NOW - ago, points, nowMs: NOW, keep });

describe('where a chart is read from', () => {
  test.each([
    ['15 minutes', 15 * MINUTE, 'raw', 1_000],
    ['an hour', HOUR, 'raw', 5_000],
    ['a day', DAY, '1m', 2 * MINUTE],
    ['a week', 7 * DAY, '5m', 15 * MINUTE],
    ['30 days', 30 * DAY, '1h', HOUR],
    ['a year', 365 * DAY, '1h', 12 * HOUR],
    ['ten years', 3650 * DAY, '1h', 7 * DAY],
  ])('%s', (_, span, source, bucketMs) => expect(over(span)).toMatchObject({ source, bucketMs }));

  test('a time whose samples are gone is read from what is still there', () => {
    expect(over(15 * MINUTE, 1000, 8 * DAY)).toMatchObject({ source: '1m', bucketMs: MINUTE });
    expect(over(15 * MINUTE, 1000, 90 * DAY)).toMatchObject({ source: '1h', bucketMs: HOUR });
  });

  test('never more buckets than points, whatever is asked; buckets are aligned and divide into what they are made of', () => {
    const widthOf = { raw: 1_000, '1m': MINUTE, '5m': 5 * MINUTE, '1h': HOUR };
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 * 365 * DAY }),
        fc.integer({ min: 0, max: 400 * DAY }),
        fc.integer({ min: 10, max: 1000 }),
        (span, ago, points) => {
          const { source, bucketMs, fromMs, toMs } = over(span, points, ago);
          expect(Math.ceil((toMs - fromMs) / bucketMs)).toBeLessThanOrEqual(points);
          expect(bucketMs % widthOf[source]).toBe(0);
          expect(fromMs % bucketMs).toBe(0);
          expect(fromMs).toBeLessThanOrEqual(NOW - ago - span);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('points', () => {
  const raw: SeriesPlan = { source: 'raw', bucketMs: 1_000, fromMs: 0, toMs: HOUR };
  const minutes: SeriesPlan = { source: '1m', bucketMs: MINUTE, fromMs: 0, toMs: HOUR };
  const at = (...times: number[]): Buckets => ({
    device: 'cpu',
    t: times.map((ms) => ms / 1000),
    min: times.map(() => 1),
    mean: times.map(() => 2.3456),
    max: times.map(() => 3),
  });
  const shape = (buckets: Buckets, plan: SeriesPlan) =>
    toSeriesList('cpu', [buckets], plan, (device) => device)[0]!.points.map(({ t, mean }) => [Date.parse(t), mean]);

  test('samples five seconds apart are one line, also when one is late or missing', () => {
    expect(shape(at(0, 5_000, 10_000, 16_000, 25_000), raw).every(([, mean]) => mean === 2.35)).toBe(true);
  });

  test('two missing are a gap', () => {
    expect(shape(at(0, 5_000, 10_000, 25_000, 30_000), raw)).toEqual([
      [0, 2.35],
      [5_000, 2.35],
      [10_000, 2.35],
      [11_000, null],
      [25_000, 2.35],
      [30_000, 2.35],
    ]);
  });

  test('a minute without any sample is a gap of the minutes', () => {
    expect(shape(at(0, MINUTE, 3 * MINUTE), minutes)).toEqual([
      [0, 2.35],
      [MINUTE, 2.35],
      [2 * MINUTE, null],
      [3 * MINUTE, 2.35],
    ]);
  });

  test('each device is a series of its own; bytes are whole', () => {
    const link = { device: 'eth0 in', t: [0], min: [0.4], mean: [10.6], max: [20.2] };
    expect(toSeriesList('network', [at(0), link], raw, (device) => device)).toMatchObject([
      { name: 'cpu' },
      { name: 'eth0 in', points: [{ min: 0, mean: 11, max: 20 }], gaps: [] },
    ]);
    expect(toSeriesList('cpu', [], raw, String)).toEqual([]);
  });
});
