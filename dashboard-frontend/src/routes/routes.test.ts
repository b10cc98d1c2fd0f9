import { describe, expect, test } from 'vitest';
import { day, oneOf, text, whole } from './search.ts';

describe('what an address may carry', () => {
  test('numbers that are not whole and positive are as good as none', () => {
    expect(whole({ page: '12' }, 'page')).toEqual({ page: 12 });
    expect(whole({ page: 0 }, 'page')).toEqual({});
    expect(whole({ page: '1.5' }, 'page')).toEqual({});
    expect(whole({}, 'page')).toEqual({});
  });

  test('a search for a number arrives as a number and is read as text', () => {
    expect(text({ q: 2022 }, 'q')).toEqual({ q: '2022' });
    expect(text({ q: { a: 1 } }, 'q')).toEqual({});
  });

  test('only days of the calendar pass as days', () => {
    expect(day({ from: '2026-02-03' }, 'from')).toEqual({ from: '2026-02-03' });
    expect(day({ from: '2026-13-03' }, 'from')).toEqual({});
    expect(day({ from: 'yesterday' }, 'from')).toEqual({});
  });

  test('only known values pass', () => {
    expect(oneOf({ sort: 'name' }, 'sort', ['name', 'size'])).toEqual({ sort: 'name' });
    expect(oneOf({ sort: 'rank' }, 'sort', ['name', 'size'])).toEqual({});
  });
});
