import { PASSWORD_MAX_BYTES, PASSWORD_MIN_LENGTH } from '#contracts';
import { expect, test } from 'vitest';
import { checkPassword, MAX_BYTES, MIN_LENGTH, passwordKept } from './password-rules.ts';

test('the limits shown are the limits held', () => {
  expect([MIN_LENGTH, MAX_BYTES]).toEqual([PASSWORD_MIN_LENGTH, PASSWORD_MAX_BYTES]);
});

test('a password that holds the name is refused whatever its case', () => {
  expect(passwordKept('Mara-is-my-name-1', 'mara')).toBe(false);
  expect(passwordKept('Tr0ub4dour-and-3-horses', 'mara')).toBe(true);
});

test('bytes count, not letters, and are only spoken of when too many', () => {
  expect(checkPassword('ä'.repeat(37), 'mara').some(({ rule }) => rule === 'bytes')).toBe(true);
  expect(checkPassword('a'.repeat(72), 'mara').some(({ rule }) => rule === 'bytes')).toBe(false);
});
