import { expect, test } from 'vitest';
import { codeFromHash, shapeCode } from './setup-code.ts';

test('a code is shaped while it is typed, whatever is typed between', () => {
  expect(shapeCode('ab')).toBe('AB');
  expect(shapeCode('abcd1')).toBe('ABCD-1');
  expect(shapeCode(' abcd – 1234 5')).toBe('ABCD-1234');
});

test('the link of the QR code fills it in; anything else behind the # does not', () => {
  expect(codeFromHash('#code=ABCD-1234')).toBe('ABCD-1234');
  expect(codeFromHash('#abcd1234')).toBe('ABCD-1234');
  expect(codeFromHash('#section-two')).toBe('');
  expect(codeFromHash('')).toBe('');
});
