import { describe, expect, test } from 'vitest';
import { excerptOf } from './excerpt.ts';

const mark = (text: string, ...words: string[]) => ({
  text,
  highlights: words.flatMap((word) => [...text.matchAll(new RegExp(word, 'g'))].map(({ index }) => ({ start: index, end: index + word.length }))),
});
const excerpt = (passage: ReturnType<typeof mark>, maxChars?: number) => {
  const { start, end } = excerptOf(passage, maxChars);
  return passage.text.slice(start, end);
};

describe('an excerpt', () => {
  const filler = 'This goes on about other matters at some length, so that there is more here than an excerpt may take along for context.';
  const text = `Nothing is here. ${filler} The pump was sold in May and its owner went abroad with all that he had, never to be seen again by anyone. The filter is blue, as far as anybody can tell who has ever looked into it, and it has been so for years. ${filler}`;

  test('is the run of sentences with the most words of the question, and no longer', () => {
    expect(excerpt(mark(text, 'pump', 'filter'))).toMatch(/^The pump was sold .* for years\.$/);
    expect(excerpt(mark(text, 'filter'))).toMatch(/^The filter is blue.* for years\.$/);
  });

  test('takes its neighbours along while it is short', () => {
    expect(excerpt(mark('Mary has a track\nrecord of thirty years.\nShe begins in May.', 'Mary'))).toBe(
      'Mary has a track\nrecord of thirty years.\nShe begins in May.',
    );
  });

  test('without any such word is how the passage begins', () => {
    expect(excerpt(mark(text))).toBe(`Nothing is here. ${filler}`);
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
