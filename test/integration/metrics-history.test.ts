import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultSettings, type SeriesAnswer } from '#contracts';
import { listPartitions } from '../../services/metrics-collector/partitions.ts';
import { rollUp } from '../../services/metrics-collector/rollups.ts';
import type { Sample } from '../../services/metrics-collector/sample.ts';
import { insertSamples } from '../../services/metrics-collector/samples.repository.ts';
import { startBox, type Box, type Person } from '../support/box.ts';
import { createTestCollector, DAY_MS, HOUR_MS, INTERVAL_MS, MINUTE_MS, sampleAt, type TestCollector } from '../support/metrics.ts';

const NOW = Date.now();
const SPARSE_MS = 30_000;

let box: Box;
let owner: Person;
let collector: TestCollector;

beforeAll(async () => {
  box = await startBox();
  owner = await box.owner();
  collector = await createTestCollector({ database: box.database, now: NOW });
});
afterAll(() => box.stop());

const store = async (samples: Sample[]): Promise<void> => {
  await collector.keeper.ensureRaw(samples.map(({ t }) => t));
  for (let at = 0; at < samples.length; at += 5_000) await insertSamples(box.database.db, samples.slice(at, at + 5_000));
};
const rollAll = (now = NOW) => rollUp({ database: box.database, ensurePartitions: collector.keeper.ensure }, now);
const series = async (from: number, to: number, points = 1000): Promise<SeriesAnswer> => {
  const { status, body } = await box.request(
    'GET',
    `/api/v1/metrics/series?metric=cpu&from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}&points=${points}`,
    { as: owner },
  );
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
};
const emptyMetrics = async (): Promise<void> => {
  for (const table of [
    'metrics_cpu',
    'metrics_ram',
    'metrics_disk',
    'metrics_rollup_1m',
    'metrics_rollup_5m',
    'metrics_rollup_1h',
    'metrics_rollup_pending',
  ] as const)
    await box.database.db.deleteFrom(table).execute();
};
const rows = (table: 'metrics_rollup_1m' | 'metrics_rollup_5m' | 'metrics_rollup_1h') =>
  box.database.db.selectFrom(table).selectAll().where('metric', '=', 'cpu').orderBy('bucket').execute();

describe('A2 raw metrics are kept 7 days, rolled-up ones longer; a chart has at most 1,000 points and keeps the peaks', () => {
  const first = NOW - 12 * DAY_MS;
  const peakAt = NOW - 10.3 * DAY_MS;
  const dipAt = NOW - 3.7 * DAY_MS;

  beforeAll(async () => {
    const samples = Array.from({ length: (12 * DAY_MS) / SPARSE_MS }, (_, n) => first + n * SPARSE_MS).map((t) => sampleAt(t, { cpu: 40 + (t % 7) }));
    await store([...samples, sampleAt(peakAt + 1, { cpu: 99.25 }), sampleAt(dipAt + 1, { cpu: 0.5 })]);
    await rollAll();
  });
  afterAll(emptyMetrics);

  test.each([
    ['15 minutes', 15 * MINUTE_MS],
    ['4 hours', 4 * HOUR_MS],
    ['a day', DAY_MS],
    ['7 days', 7 * DAY_MS],
    ['30 days', 30 * DAY_MS],
    ['a year', 365 * DAY_MS],
    ['20 years', 7300 * DAY_MS],
  ])('A2 a chart over %s has at most 1,000 points a series', async (_, span) => {
    const {
      series: [cpu],
      resolutionMs,
    } = await series(NOW - span, NOW);
    expect(cpu!.points.length).toBeGreaterThan(0);
    expect(cpu!.points.length).toBeLessThanOrEqual(1000);
    expect(resolutionMs).toBeGreaterThanOrEqual(span / 1000);
  });

  test.each([
    ['12 days', 12.1 * DAY_MS, 1000],
    ['12 days, few points', 12.1 * DAY_MS, 24],
    ['a year', 365 * DAY_MS, 600],
  ])('A2 the one peak and the one dip are in the chart over %s', async (_, span, points) => {
    const {
      series: [cpu],
    } = await series(NOW - span, NOW, points);
    expect(Math.max(...cpu!.points.map(({ max }) => max ?? -1))).toBe(99.25);
    expect(Math.min(...cpu!.points.map(({ min }) => min ?? 101))).toBe(0.5);
  });

  test('A2 retention drops the days that two runs found over, one a run, and never the roll-ups', async () => {
    const before = await rows('metrics_rollup_1m');
    const dropped: string[][] = [];
    for (let run = 0; run < 8; run += 1) dropped.push(await collector.keeper.tidy(NOW, defaultSettings.metrics));
    const days = await listPartitions(box.database.db, 'metrics_cpu');
    const limit = new Date(NOW - 7 * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '');
    expect(days[0]).toBe(`metrics_cpu_p${limit}`);
    expect(dropped[0]).toEqual([]);
    expect(dropped[1]!.filter((name) => name.startsWith('metrics_cpu_'))).toHaveLength(1);
    expect(dropped.at(-1)).toEqual([]);
    // Partitions of the days to come are there before midnight.
    expect(days.at(-1)).toBe(`metrics_cpu_p${new Date(NOW + 2 * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '')}`);
    expect(await rows('metrics_rollup_1m')).toEqual(before);
  });

  test('A2 a short span of a time whose samples are gone is drawn from the minutes', async () => {
    const {
      series: [cpu],
      resolutionMs,
    } = await series(peakAt - 10 * MINUTE_MS, peakAt + 10 * MINUTE_MS);
    expect(resolutionMs).toBe(MINUTE_MS);
    expect(Math.max(...cpu!.points.map(({ max }) => max ?? -1))).toBe(99.25);
  });

  test('rolling up again changes nothing, also when every minute is listed once more', async () => {
    const before = [await rows('metrics_rollup_1m'), await rows('metrics_rollup_5m'), await rows('metrics_rollup_1h')];
    await box.database.db
      .insertInto('metrics_rollup_pending')
      .columns(['resolution_s', 'bucket'])
      .expression((eb) =>
        eb
          .selectFrom('metrics_rollup_1m')
          .select((e) => [e.lit(60).as('resolution_s'), 'bucket'])
          .distinct(),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await rollAll();
    expect([await rows('metrics_rollup_1m'), await rows('metrics_rollup_5m'), await rows('metrics_rollup_1h')]).toEqual(before);
    expect((await box.rows('metrics_rollup_pending')).every(({ bucket }) => Number(bucket) + HOUR_MS > NOW)).toBe(true);
  });
});

describe('roll-ups', () => {
  afterAll(emptyMetrics);
  const hour = Math.floor((NOW - 5 * HOUR_MS) / HOUR_MS) * HOUR_MS;

  test('an hour is the weighted mean of its samples, not the mean of means', async () => {
    await store([sampleAt(hour, { cpu: 10 }), sampleAt(hour + 10 * MINUTE_MS, { cpu: 40 }), sampleAt(hour + 10 * MINUTE_MS + 1, { cpu: 100 })]);
    await rollAll();
    expect(await rows('metrics_rollup_1h')).toMatchObject([{ bucket: new Date(hour), min: 10, mean: 50, max: 100, samples: 3 }]);
  });

  test('a sample that arrives hours late is rolled up on every level', async () => {
    await store([sampleAt(hour + 30 * MINUTE_MS, { cpu: 90 })]);
    await rollAll();
    expect(await rows('metrics_rollup_1h')).toMatchObject([{ mean: 60, max: 100, samples: 4 }]);
    expect((await rows('metrics_rollup_5m')).map(({ samples }) => samples)).toEqual([1, 2, 1]);
  });

  test('the minute that is not over is written as far as it goes, and finished later', async () => {
    await emptyMetrics();
    await store([sampleAt(hour + 5_000, { cpu: 10 })]);
    await rollAll(hour + 6_000);
    expect(await rows('metrics_rollup_1m')).toMatchObject([{ mean: 10, samples: 1 }]);
    await store([sampleAt(hour + 50_000, { cpu: 30 })]);
    await rollAll(hour + HOUR_MS);
    expect(await rows('metrics_rollup_1m')).toMatchObject([{ mean: 20, samples: 2 }]);
    expect(await box.rows('metrics_rollup_pending')).toEqual([]);
  });
});

describe('charts', () => {
  afterAll(emptyMetrics);

  test('every bucket has the least and the greatest of its samples, whatever the samples and the width', async () => {
    const spanOf = fc.constantFrom(20 * MINUTE_MS, 3 * HOUR_MS, 2 * DAY_MS, 6 * DAY_MS);
    await fc.assert(
      fc.asyncProperty(
        spanOf,
        fc.integer({ min: 10, max: 1000 }),
        fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 10_000 })), { minLength: 1, maxLength: 200 }),
        async (span, points, drawn) => {
          await emptyMetrics();
          const from = NOW - span;
          const samples = new Map(drawn.map(([share, hundredths]) => [Math.floor(from + share * (span - 1)), hundredths / 100]));
          await store([...samples].map(([t, cpu]) => sampleAt(t, { cpu })));
          await rollAll();

          const answer = await series(from, NOW, points);
          const width = answer.resolutionMs;
          const expected = new Map<number, { min: number; max: number }>();
          for (const [t, value] of samples) {
            const bucket = Math.floor(t / width) * width;
            const known = expected.get(bucket);
            expected.set(bucket, { min: Math.min(value, known?.min ?? value), max: Math.max(value, known?.max ?? value) });
          }
          const shown = answer.series[0]!.points;
          expect(shown.length).toBeLessThanOrEqual(points);
          expect(new Map(shown.filter(({ mean }) => mean !== null).map(({ t, min, max }) => [Date.parse(t), { min, max }]))).toEqual(
            new Map([...expected].sort(([a], [b]) => a - b)),
          );
          for (const { min, mean, max } of shown) if (mean !== null) expect(mean >= min! - 0.01 && mean <= max! + 0.01).toBe(true);
        },
      ),
      { numRuns: 25 },
    );
  });

  test('a gap is a gap: one point of nulls and its span; a single late sample is none', async () => {
    await emptyMetrics();
    const start = Math.floor((NOW - 14 * MINUTE_MS) / 10_000) * 10_000;
    const offsets = [0, 1, 2, 4, 5, 6, 60, 61, 62].map((n) => n * INTERVAL_MS);
    await store(offsets.map((offset) => sampleAt(start + offset)));
    const {
      series: [cpu],
    } = await series(start - MINUTE_MS, NOW);
    expect(cpu!.points.filter(({ mean }) => mean === null)).toHaveLength(1);
    expect(cpu!.gaps).toEqual([{ from: expect.any(String), to: new Date(start + 60 * INTERVAL_MS).toISOString() }]);
    expect(cpu!.points).toHaveLength(offsets.length + 1);
  });

  test('what was never measured is an empty list; what cannot be asked is refused', async () => {
    const get = (query: string) => box.request('GET', `/api/v1/metrics/series?${query}`, { as: owner });
    const from = new Date(NOW - HOUR_MS).toISOString();
    expect((await get(`metric=gpu&from=${from}`)).body).toMatchObject({ unit: '%', series: [] });
    expect((await get(`metric=rain&from=${from}`)).status).toBe(422);
    expect((await get(`metric=cpu&from=yesterday`)).status).toBe(422);
    expect((await get(`metric=cpu&from=${from}&points=5000`)).status).toBe(422);
    expect((await get(`metric=cpu&from=${from}&to=${from}`)).body.error).toMatchObject({ code: 'validation_failed', details: { problems: [{ path: 'to' }] } });
    expect((await box.request('GET', `/api/v1/metrics/series?metric=cpu&from=${from}`)).status).toBe(401);
  });
});
