import { expect, test } from 'vitest';
import { filtersOf } from './search-request.ts';

test('a search that is narrowed by nothing asks for nothing more', () => {
  expect(filtersOf({})).toEqual({});
});

test('days count whole: until is the moment after, as of the last moment', () => {
  const { addedFrom, addedUntil, asOf, types } = filtersOf({ since: '2026-03-01', until: '2026-03-01', asof: '2026-03-01', type: 'picture' });
  expect(Date.parse(addedUntil!) - Date.parse(addedFrom!)).toBe(86_400_000);
  expect(Date.parse(addedUntil!) - Date.parse(asOf!)).toBe(1);
  expect(types).toEqual(['image/']);
});
