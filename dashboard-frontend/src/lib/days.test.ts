import { expect, test } from 'vitest';
import { afterDay, endOfDay, startOfDay, yesterday } from './days.ts';

test('a day begins and ends where its reader is, also when its clocks change', () => {
  for (const day of ['2026-03-29', '2026-10-25', '2024-02-29', '2026-12-31']) {
    const [year, month, date] = day.split('-').map(Number) as [number, number, number];
    expect([startOfDay(day).getFullYear(), startOfDay(day).getMonth() + 1, startOfDay(day).getDate(), startOfDay(day).getHours()]).toEqual([
      year,
      month,
      date,
      0,
    ]);
    expect(endOfDay(day).getDate()).toBe(date);
    expect(afterDay(day).getHours()).toBe(0);
    expect(afterDay(day).getTime() - endOfDay(day).getTime()).toBe(1);
  }
});

test('yesterday crosses months and years', () => {
  expect(yesterday(new Date(2026, 2, 1, 0, 30))).toBe('2026-02-28');
  expect(yesterday(new Date(2026, 0, 1, 23, 59))).toBe('2025-12-31');
});
