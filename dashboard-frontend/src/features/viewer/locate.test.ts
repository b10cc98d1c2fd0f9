import { expect, test } from 'vitest';
import { locate } from './locate.ts';

test('a passage is found across borders, whatever the spaces and signs', () => {
  expect(locate(['The box ', 'looks after\n  itself', ' for years.'], 'looks after itself, for')).toEqual({
    start: { part: 1, offset: 0 },
    end: { part: 2, offset: 4 },
  });
});

test('what the file shows otherwise at the beginning is marked from where they agree', () => {
  const shown = 'Valves. This part is about the garden, its hedges, its gravel paths and the pump that stands behind them.';
  expect(locate([shown], `Title of the page ${shown}`)).toMatchObject({ start: { part: 0 } });
});

test('where the whole is not there its beginning is enough', () => {
  const long = 'Every stage has a time limit, a visible state and a retry that a person can press, and an error';
  expect(locate([long], `${long} that the file does not hold`)).toMatchObject({ start: { part: 0, offset: 0 } });
  expect(locate(['nothing of the kind'], 'Every stage')).toBeNull();
  expect(locate(['anything'], ' … ')).toBeNull();
});
