import { expect, test } from 'vitest';
import { nearDuplicates } from './fold.ts';

const TEXT =
  'The filter of the Halden pump is replaced every 14 months, and before it is opened the pump must rest for 25 minutes, in every season and climate.';

test('the same text in another layout is one', () => {
  expect(nearDuplicates([TEXT, 'Something else entirely, about boats.', TEXT.replaceAll(' ', '\n').toUpperCase()])).toEqual([0, 1, 0]);
});

test('one other number is another text', () => {
  expect(nearDuplicates([TEXT, TEXT.replace('14', '15')])).toEqual([0, 1]);
});

test('a text that only begins alike is another', () => {
  expect(nearDuplicates([TEXT, `${TEXT} ${'Unless the housing is cracked, which a technician has to judge. '.repeat(3)}`])).toEqual([0, 1]);
});
