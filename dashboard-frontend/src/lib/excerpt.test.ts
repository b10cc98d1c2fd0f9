import fc from 'fast-check';
import { expect, test } from 'vitest';
import { excerpt } from './excerpt.ts';

test('a short passage is shown whole', () => {
  expect(excerpt('Total revenue was high.', [[6, 13]])).toEqual({ text: 'Total revenue was high.', highlights: [[6, 13]] });
});

test('every match that is shown still covers the same words', () => {
  const words = fc.array(fc.constantFrom('revenue', 'of', 'the', 'company', 'fiscal'), { minLength: 1, maxLength: 120 });
  fc.assert(
    fc.property(words, fc.nat(119), (list, pick) => {
      const text = list.join(' ');
      const start = list.slice(0, pick % list.length).join(' ').length + (pick % list.length > 0 ? 1 : 0);
      const range = [start, start + list[pick % list.length]!.length] as const;
      const shown = excerpt(text, [range]);
      expect(shown.highlights).toHaveLength(1);
      expect(shown.text.slice(...shown.highlights[0]!)).toBe(text.slice(...range));
      expect(shown.text.length).toBeLessThan(280);
    }),
  );
});
