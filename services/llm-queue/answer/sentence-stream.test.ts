import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSentenceStream, type Step } from './sentence-stream.ts';

const read = (pieces: readonly string[], { stripMarkers = true } = {}) => {
  const stream = createSentenceStream({ stripMarkers });
  const steps: Step[] = [...pieces.flatMap((piece) => stream.push(piece)), ...stream.end()];
  return steps.map((step) => (step === 'sentence' ? '¶' : step.text)).join('');
};

describe('a stream of sentences', () => {
  test.each([
    ['two sentences', 'One is here. Two is there.', 'One is here.¶ Two is there.¶'],
    ['abbreviations, decimals and ordinals', 'Dr. Holm paid 3.5 million. Am 3. Oktober war es gut.', 'Dr. Holm paid 3.5 million.¶ Am 3. Oktober war es gut.¶'],
    ['a list', 'These:\n- first\n- second\n', 'These:¶\n- first¶\n- second¶'],
    ['code', 'Do this:\n```js\nconst a = b[1];\nf(). g\n```\nDone.', 'Do this:¶\n```js\nconst a = b[1];\nf(). g\n```\nDone.¶'],
    ['markers of the model', 'It grew [1]. It fell [2, 3] in May (Source 4)【5】. Then [6] nothing [Passage 2].', 'It grew.¶ It fell in May.¶ Then nothing.¶'],
    [
      'what only looks like a marker',
      'See [a](http://b), [x] and (for example 3) or [1](http://c).',
      'See [a](http://b), [x] and (for example 3) or [1](http://c).¶',
    ],
    ['nothing', ' \n ', ''],
  ])('%s', (_, text, expected) => {
    expect(read([text])).toBe(expected);
    expect(read([...text])).toBe(expected);
  });

  test('is the same however the text is cut', () => {
    const bits = fc.constantFrom(
      'One. ',
      'two ',
      '[1]',
      ' (Source 2)',
      '3.5',
      '. ',
      '\n',
      '```',
      '\n```js\nx[1]. y\n```\n',
      '- ',
      'Dr. ',
      '?',
      '[',
      ')',
      'Übergrößen! ',
      '🙂',
      '\n\n',
      '  ',
    );
    fc.assert(
      fc.property(fc.array(bits, { maxLength: 30 }), fc.array(fc.nat(100), { maxLength: 10 }), (parts, cuts) => {
        const text = parts.join('');
        const places = [...new Set([0, ...cuts.map((cut) => Math.min(cut, text.length)), text.length])].sort((a, b) => a - b);
        expect(read(places.slice(1).map((end, at) => text.slice(places[at], end)))).toBe(read([text]));
      }),
      { numRuns: 500 },
    );
  });

  test('without markers to strip, everything but the white space at the end comes through', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 6 }), { maxLength: 20 }), (pieces) => {
        expect(read(pieces, { stripMarkers: false }).replaceAll('¶', '')).toBe(pieces.join('').trimEnd());
      }),
    );
  });

  test('holds back no more than white space and what may become a marker', () => {
    const stream = createSentenceStream({ stripMarkers: true });
    const shown = (piece: string) =>
      stream
        .push(piece)
        .map((step) => (step === 'sentence' ? '¶' : step.text))
        .join('');
    expect(['Reve', 'nue ', 'rose', ' [', '1', ']', '.'].map(shown)).toEqual(['Reve', 'nue', ' rose', '', '', '', '.']);
  });
});
