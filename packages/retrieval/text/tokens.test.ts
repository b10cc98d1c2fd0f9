import { describe, expect, test } from 'vitest';
import { normalNumber, tokenize } from './tokens.ts';

const terms = (text: string, language = 'en'): string[] => tokenize(text, language).flatMap((token) => token.terms);

describe('terms', () => {
  test.each([
    ['words are stemmed, small ones dropped', 'the acquisitions of stores', ['acquisit', 'store']],
    ['numbers are exact, thousands or not', '17,606 and 17.606 and 17606', ['17606', '17606', '17606']],
    ['decimals keep their point', '3,5 3.50 24.26', ['3.5', '3.5', '24.26']],
    ['codes are found whole and in parts', 'Form 10-K', ['form', '10k', '10']],
    [
      'fiscal years and quarters',
      "FY2023 FY23 Q2'2023 Q22023 2Q23",
      ['fy2023', 'fy', '2023', 'fy2023', 'fy', '2023', 'q22023', 'q2', '2023', 'q22023', 'q2', '2023', 'q22023', 'q2', '2023'],
    ],
    ['compounds with a hyphen', 'non-GAAP', ['nongaap', 'non', 'gaap']],
    ['possessives', 'Best Buy’s margin', ['best', 'buy', 'margin']],
    ['a soft hyphen is nothing', 'acqui\u00ADsition', ['acquisit']],
    ['Chinese by pairs', '收入增长', ['收入', '入增', '增长']],
  ])('%s', (_, text, expected) => expect(terms(text)).toEqual(expected));

  test('German is stemmed by its own rules and without umlauts', () => {
    expect(terms('Die Umsätze der Häuser', 'de')).toEqual(terms('Umsatz Haus', 'de'));
  });

  test('tokens say where they stand', () => {
    const text = 'Net sales: $17,606 million';
    expect(tokenize(text, 'en').map(({ start, end }) => text.slice(start, end))).toEqual(['Net', 'sales', '17,606', 'million']);
  });

  test.each([
    ['1.234.567', '1234567'],
    ['1,234.50', '1234.5'],
    ['1.234,50', '1234.5'],
    ['007', '007'],
    ['10.', '10'],
  ])('%s is %s', (written, normal) => expect(normalNumber(written)).toBe(normal));
});
