import { expect, test } from 'vitest';
import { detailWords } from './detail-words.ts';

test('a change of settings reads as before and after', () => {
  expect(detailWords([{ key: 'metrics.intervalMs', from: 5000, to: 2000 }])).toBe('metrics.intervalMs: 5000 → 2000');
});

test('named facts stand beside each other; nothing is nothing', () => {
  expect(detailWords({ role: 'admin', scopes: ['chat'] })).toBe('role: admin, scopes: ["chat"]');
  expect(detailWords(null)).toBe('');
});
