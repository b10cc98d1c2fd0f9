import { describe, expect, test } from 'vitest';
import { behindName } from './cell-of.ts';

describe('what stands behind a field’s name', () => {
  test.each([
    ['Rent: 1,200 euros\nDeposit: 3,600 euros', 'Rent', '1,200 euros'],
    ['Rent: 1,200 euros\nDeposit: 3,600 euros', 'deposit', '3,600 euros'],
    ['Article | Price\nRent | 1,200 | monthly', 'Rent', '1,200'],
    ['Miete = 900 €', 'Miete', '900 €'],
  ])('%j, %s', (text, name, expected) => {
    const { start, end } = behindName(text, name)!;
    expect(text.slice(start, end)).toBe(expected);
  });

  test('not in running text, and not for part of a word', () => {
    expect(behindName('The rent is 1,200 euros.', 'rent')).toBeNull();
    expect(behindName('Parent: Anna', 'rent')).toBeNull();
    expect(behindName('Rent (net): 5', 'Rent')).toBeNull();
  });
});
