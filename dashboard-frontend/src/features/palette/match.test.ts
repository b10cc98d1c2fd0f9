import { expect, test } from 'vitest';
import { bestMatches } from './match.ts';

const labels = ['Overview', 'Chat', 'Documents', 'Add documents', 'Models'].map((label) => ({ label }));
const found = (query: string) => bestMatches(query, labels).map(({ label }) => label);

test('what begins with the query comes before what merely holds it', () => {
  expect(found('doc')).toEqual(['Documents', 'Add documents']);
});

test('letters in order are enough; letters out of order are not', () => {
  expect(found('ovw')).toEqual(['Overview']);
  expect(found('wvo')).toEqual([]);
});

test('an empty query offers everything in its own order', () => {
  expect(found(' ')).toHaveLength(labels.length);
});
