import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sentenceSpans } from './sentences.ts';

const sentences = (text: string): string[] => sentenceSpans(text).map(({ start, end }) => text.slice(start, end));

describe('sentences', () => {
  test.each([
    ['decimals and amounts', 'Revenue was $17.6 billion. It grew 11.5% in FY2022.', ['Revenue was $17.6 billion.', 'It grew 11.5% in FY2022.']],
    [
      'abbreviations',
      'Adobe Inc. is in the U.S. and sells, e.g. Photoshop. Dr. Shah leads it.',
      ['Adobe Inc. is in the U.S. and sells, e.g. Photoshop.', 'Dr. Shah leads it.'],
    ],
    ['German ordinals', 'Am 3. Oktober stieg er z. B. um 2,5 Mio. Euro. Das ist viel.', ['Am 3. Oktober stieg er z. B. um 2,5 Mio. Euro.', 'Das ist viel.']],
    ['lists', 'Two reasons:\n1. Prices rose.\n2. Costs fell.\n- And luck', ['Two reasons:', '1. Prices rose.', '2. Costs fell.', '- And luck']],
    ['quotes and brackets', 'He said “It works.” (It did.) Then he left!', ['He said “It works.”', '(It did.)', 'Then he left!']],
    ['addresses and files', 'Open arasul.local in a browser. See report.pdf there.', ['Open arasul.local in a browser.', 'See report.pdf there.']],
    ['Chinese', '收入增长。利润下降。', ['收入增长。', '利润下降。']],
  ])('%s', (_, text, expected) => expect(sentences(text)).toEqual(expected));

  test('nothing but white space is lost, and nothing overlaps', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom('A. ', 'b.c ', '1. ', 'U.S. ', 'z. B. ', '3.5 ', '.\n', '? ', '…'), fc.string({ maxLength: 8 })), { maxLength: 12 }),
        (parts) => {
          const text = parts.join('');
          const spans = sentenceSpans(text);
          expect(
            spans
              .map(({ start, end }) => text.slice(start, end))
              .join('')
              .replace(/\s/gu, ''),
          ).toBe(text.replace(/\s/gu, ''));
          spans.slice(1).forEach(({ start }, at) => expect(start).toBeGreaterThanOrEqual(spans[at]!.end));
        },
      ),
    );
  });
});
