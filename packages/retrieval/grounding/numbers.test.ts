import { describe, expect, test } from 'vitest';
import { bears, numbersIn } from './numbers.ts';

describe('numbers in a text', () => {
  test.each([
    ['$17.6 billion', [17.6e9]],
    ['17,606 and 17.606', [17_606, 17_606]],
    ['1.234,50 Euro', [1234.5]],
    ['3,5 Mio. Euro', [3.5e6]],
    ['250M users, 40k a day', [250e6, 40e3]],
    ['24.6% or 24.6 percent', [24.6, 24.6]],
    ['FY2022', [2022]],
    ['(1,084)', [1084]],
    ['three months', [3]],
    ['version 2.1.4', []],
    ['0.125', [0.125]],
    ['one of them', []],
  ])('%s', (text, values) => expect(numbersIn(text).map(({ value }) => Number(value.toPrecision(10)))).toEqual(values));

  test('they say where they stand', () => {
    const text = 'It was $17.6 billion, up 3%.';
    expect(numbersIn(text).map(({ start, end }) => text.slice(start, end))).toEqual(['$17.6 billion', '3%']);
  });
});

describe('what bears a number', () => {
  test.each([
    ['17,606', '$17.6 billion', true],
    ['17,606', '$17,606 million', true],
    ['17,606', '17,606', true],
    ['17,606', '$18 billion', true],
    ['17,606', '$17.7 billion', false],
    ['17,606', '17,600', false],
    ['24.6%', '24.6 percent', true],
    ['24.6%', '25%', true],
    ['24.6%', '24%', false],
    ['2022', '2022', true],
    ['2021', '2022', false],
    ['2.6', '3', false],
    ['three', '3', true],
    ['1.6 billion', '$1,600 million', true],
  ])('%s for %s: %s', (source, stated, expected) => expect(bears(numbersIn(source)[0]!, numbersIn(stated)[0]!)).toBe(expected));
});
