import { describe, expect, test } from 'vitest';
import { excerptOf } from './excerpt.ts';

const mark = (text: string, ...words: string[]) => ({ text, highlights: words.flatMap((word) => [...text.matchAll(new RegExp(word, 'g'))].map(({ index }) => ({ start: index, end: index + word.length }))) });
const excerpt = (passage: ReturnType<typeof mark>, maxChars?: number) => {
  const { start, end } = excerptOf(passage, maxChars);
  return passage.text.slice(start, end);
};

describe('an excerpt', () => {
  const text = 'Nothing is here. The pump was sold in May. Its filter is blue. The end comes.';

  test('is the run of sentences with the most words of the question, and no longer', () => {
    expect(excerpt(mark(text, 'pump', 'filter'))).toBe('The pump was sold in May. Its filter is blue.');
    expect(excerpt(mark(text, 'filter'))).toBe('Its filter is blue.');
  });

  test('without any such word is the first sentence', () => {
    expect(excerpt(mark(text))).toBe('Nothing is here.');
  });

  test('of one endless sentence is a window around the first such word, cut between words', () => {
    const long = `${'before '.repeat(100)}needle ${'after '.repeat(100)}`;
    const found = excerpt(mark(long, 'needle'), 120);
    expect(found).toContain('needle');
    expect(found.length).toBeLessThanOrEqual(120);
    expect(found).toMatch(/^before .* after$/);
  });

  test('of an empty passage is empty', () => {
    expect(excerpt(mark(''))).toBe('');
  });
});
