import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pickSeries, shapeSeries, spreadLabels, valueRange } from './shape.ts';

const at = (second: number) => new Date(second * 1000).toISOString();
const point = (second: number, mean: number | null) => ({ t: at(second), min: mean === null ? null : mean - 1, mean, max: mean === null ? null : mean + 1 });
const series = (name: string, points: ReturnType<typeof point>[]) => ({ name, points, gaps: [] });

describe('a chart', () => {
  test('a gap stays a gap; a time of another series is no gap', () => {
    const { columns } = shapeSeries([series('a', [point(10, 1), point(20, null), point(30, 3)]), series('b', [point(15, 5)])]);
    expect(columns[0]).toEqual([10, 15, 20, 30]);
    expect(columns[1]).toEqual([1, undefined, null, 3]);
    expect(columns[4]).toEqual([undefined, 5, undefined, undefined]);
  });

  test('peaks go with the mean: min and max have columns of their own', () => {
    const { columns } = shapeSeries([series('a', [point(10, 50)])]);
    expect(columns.slice(1)).toEqual([[50], [49], [51]]);
  });

  test('the value at the right edge is the newest one, and none when the newest is a gap', () => {
    expect(shapeSeries([series('a', [point(10, 1), point(20, 2)])]).last).toEqual([{ at: 20, value: 2 }]);
    expect(shapeSeries([series('a', [point(10, 1), point(20, null)])]).last).toEqual([null]);
  });

  test('of many lines the highest are drawn, in their own order', () => {
    const many = [30, 90, 10, 70, 80, 20].map((value, index) => series(`s${index}`, [point(10, value)]));
    expect(pickSeries(many).map(({ name }) => name)).toEqual(['s0', 's1', 's3', 's4']);
  });

  test('a percentage always shows its whole scale', () => {
    expect(valueRange('%', 3, 4)).toEqual([0, 100]);
    expect(valueRange('°C', 41, 63)).toEqual([20, 80]);
    expect(valueRange('B', 0, 0)).toEqual([0, 1]);
  });

  test('labels at the edge never cover each other while there is room', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 8 }), (wanted) => {
        const placed = spreadLabels(wanted, 16, 200).toSorted((one, other) => one - other);
        for (let index = 1; index < placed.length; index++) expect(placed[index]! - placed[index - 1]!).toBeGreaterThanOrEqual(16);
        expect(Math.max(...placed)).toBeLessThanOrEqual(200);
      }),
    );
  });
});
