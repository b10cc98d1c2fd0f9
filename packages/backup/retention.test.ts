import { expect, test } from 'vitest';
import { keptBackups } from './retention.ts';

const at = (text: string) => ({ id: text, takenAt: new Date(`${text}:00Z`) });
/** Two a day from the first of January to the last of March 2026. */
const many = Array.from({ length: 90 }, (_, day) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10)).flatMap((day) => [
  at(`${day}T02:00`),
  at(`${day}T14:00`),
]);

test('the newest of each day, week and month stay, and nothing else', () => {
  const kept = [...keptBackups(many, { daily: 3, weekly: 3, monthly: 3 })].sort();
  expect(kept).toEqual(['2026-01-31T14:00', '2026-02-28T14:00', '2026-03-22T14:00', '2026-03-29T14:00', '2026-03-30T14:00', '2026-03-31T14:00'].sort());
});

test('the newest stays whatever is wanted, and in any order of the list', () => {
  expect([...keptBackups([...many].reverse(), { daily: 0, weekly: 0, monthly: 0 })]).toEqual(['2026-03-31T14:00']);
  expect([...keptBackups([], { daily: 7, weekly: 4, monthly: 6 })]).toEqual([]);
});
