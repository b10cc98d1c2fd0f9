import { describe, expect, test } from 'vitest';
import { isOfAnotherPeriod, isOnlyForeseen, periodsIn } from './qualifiers.ts';

describe('parts of a year', () => {
  test.each([
    ['in the second quarter of 2023', ['q2']],
    ['Q4 and the first half', ['q4', 'h1']],
    ['im dritten Quartal, 1. Halbjahr', ['q3', 'h1']],
    ['PFIZER_2023Q2_10Q.pdf', ['q2']],
    ['the first fiscal quarter', ['q1']],
    ['a second attempt, a quarter of it', []],
  ])('%s', (text, expected) => expect([...periodsIn(text)].sort()).toEqual([...expected].sort()));

  test.each([
    ['the same', 'Revenue in Q2 was 5.', 'Revenue for the second quarter was 5.', '', false],
    ['another', 'Revenue in Q2 was 5.', 'Revenue for the third quarter was 5.', '', true],
    ['none, of a year', 'Revenue in the second quarter was 5.', 'We forecast revenues of 5 in 2023.', 'Full-year outlook', true],
    ['a table that leaves it open', 'Revenue in the second quarter was 5.', 'Revenue 5', 'Three Months Ended July 2, 2023', false],
    ['a file that names it', 'Revenue in the second quarter was 5.', 'Revenue 5', 'report_2023Q2.pdf', false],
    ['a file of another', 'Revenue in the second quarter was 5.', 'Revenue 5', 'report_2023Q3.pdf', true],
    ['nothing asked', 'Revenue was 5.', 'Revenue for the third quarter was 5.', '', false],
  ])('%s', (_, statement, window, around, expected) => expect(isOfAnotherPeriod(statement, window, around)).toBe(expected));
});

test.each([
  ['a forecast told as a fact', 'Revenues were $13.5 billion.', 'We forecasted revenues of $13.5 billion.', true],
  ['a forecast told as one', 'Revenues are expected to be $13.5 billion.', 'We forecasted revenues of $13.5 billion.', false],
  ['what will be', 'Der Umsatz wird 5 Mio. Euro betragen.', 'Wir erwarten einen Umsatz von 5 Mio. Euro.', false],
  ['a plan told as a fact', 'Der Umsatz betrug 5 Mio. Euro.', 'Wir erwarten einen Umsatz von 5 Mio. Euro.', true],
  ['a fact', 'Revenues were $13.5 billion.', 'Revenues came to $13.5 billion.', false],
])('%s', (_, statement, window, expected) => expect(isOnlyForeseen(statement, window)).toBe(expected));
