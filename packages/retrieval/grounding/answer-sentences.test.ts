import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSentenceSplitter, splitSentences } from './answer-sentences.ts';

const texts = (answer: string): string[] => splitSentences(answer).map(({ text }) => text);

describe('sentences of an answer', () => {
  test.each([
    ['decimals and amounts', 'Revenue was $17.6 billion. It grew 11.5% in FY2022.', ['Revenue was $17.6 billion.', 'It grew 11.5% in FY2022.']],
    [
      'abbreviations',
      'Adobe Inc. is based in the U.S. and sells, e.g. Photoshop. Dr. Shah leads it.',
      ['Adobe Inc. is based in the U.S. and sells, e.g. Photoshop.', 'Dr. Shah leads it.'],
    ],
    [
      'German abbreviations and ordinals',
      'Am 3. Oktober stieg der Umsatz z. B. um 2,5 Mio. Euro. Das ist viel.',
      ['Am 3. Oktober stieg der Umsatz z. B. um 2,5 Mio. Euro.', 'Das ist viel.'],
    ],
    ['lists', 'Two reasons:\n1. Prices rose.\n2. Costs fell.\n- And luck', ['Two reasons:', '1. Prices rose.', '2. Costs fell.', '- And luck']],
    ['tables', '| year | revenue |\n|---|---|\n| 2022 | 17,606 |', ['| year | revenue |', '|---|---|', '| 2022 | 17,606 |']],
    ['quotes and brackets', 'He said “It works.” (It did.) Then he left!', ['He said “It works.”', '(It did.)', 'Then he left!']],
    ['questions', 'Why? Because.', ['Why?', 'Because.']],
    ['markers after the stop', 'It rose by 3%. [1] It fell. [2]', ['It rose by 3%.', '[1] It fell.', '[2]']],
    ['Chinese', '收入增长。利润下降。', ['收入增长。', '利润下降。']],
  ])('%s', (_, answer, expected) => expect(texts(answer)).toEqual(expected));

  test('code comes out whole and is called code; headings are called headings', () => {
    const answer = '# Result\nRun this:\n```sh\nnpm start. Now. Really.\n```\nThen wait.';
    expect(splitSentences(answer).map(({ kind, text }) => [kind, text])).toEqual([
      ['heading', '# Result'],
      ['prose', 'Run this:'],
      ['code', '```sh\nnpm start. Now. Really.\n```'],
      ['prose', 'Then wait.'],
    ]);
  });

  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom(
        'Revenue was $17.6 billion. ',
        'It rose. ',
        'In the U.S. it fell. ',
        '1. One\n',
        '- Two\n',
        '\n\n',
        '```js\na. b.\n```\n',
        '```',
        '~~~',
        'Am 3. Oktober war es. ',
        'Why? ',
        'z. B. so. ',
        '# Head\n',
        '3',
        '. ',
        '5',
        ' and then it went on for a while without any stop ',
      ),
      fc.string({ maxLength: 12 }),
    ),
    { maxLength: 14 },
  );

  test('streamed in any pieces, the sentences are the same, and each stands where it says', () => {
    fc.assert(
      fc.property(pieces, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 30 }), (parts, cuts) => {
        const answer = parts.join('');
        const splitter = createSentenceSplitter();
        const streamed = [];
        for (let at = 0, turn = 0; at < answer.length; turn += 1) {
          const size = cuts[turn % cuts.length]!;
          streamed.push(...splitter.push(answer.slice(at, at + size)));
          at += size;
        }
        streamed.push(...splitter.end());
        expect(streamed).toEqual(splitSentences(answer));
        for (const { text, start, end } of streamed) expect(answer.slice(start, end)).toBe(text);
        expect(
          streamed
            .map(({ text }) => text)
            .join('')
            .replace(/\s/gu, ''),
        ).toBe(answer.replace(/\s/gu, ''));
      }),
      { numRuns: 1_000 },
    );
  });
});
