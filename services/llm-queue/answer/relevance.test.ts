import { describe, expect, test } from 'vitest';
import type { FoundPassage } from '#retrieval';
import { relevantTo } from './relevance.ts';

/** A passage as a search for `query` returns it. */
const found = (text: string, query: string, meaning: number | null = null): FoundPassage => ({
  passageId: 'p',
  documentId: 'd',
  filename: 'a.pdf',
  page: 1,
  pageEnd: 1,
  text,
  heading: null,
  boxes: [],
  language: 'en',
  score: 1,
  scores: { words: 1, meaning, name: 0, fused: 1, rerank: null },
  highlights: (query.match(/\p{L}{3,}|\d+/gu) ?? []).flatMap((word) =>
    [...text.matchAll(new RegExp(`\\b${word}\\w*`, 'giu'))].map(({ index, 0: hit }) => ({ start: index, end: index + hit.length })),
  ),
});
const isRelevant = (question: string, text: string, meaning: number | null = null) => relevantTo(question, [found(text, question, meaning)]).length === 1;

describe('a passage bears on a question', () => {
  test.each([
    ['What was the total revenue in 2022?', 'Total revenue was $17,606 million in fiscal 2022.'],
    ['When does the warranty end?', 'The warranty ends after 60 months.'],
    ['Wann endet die Garantie der Pumpe?', 'Die Garantie der Pumpe endet nach 60 Monaten.'],
  ])('by its words: %s', (question, text) => {
    expect(isRelevant(question, text)).toBe(true);
  });

  test('by its meaning, in other words', () => {
    expect(isRelevant('How long is it insured?', 'The warranty ends after 60 months.', 0.5)).toBe(true);
  });

  test('when the question asks for the document as such', () => {
    expect(isRelevant('What is this document about?', 'Heat pumps move heat.', 0.1)).toBe(true);
    expect(isRelevant('Worum geht es in diesem Dokument?', 'Heat pumps move heat.', 0.1)).toBe(true);
  });
});

describe('a passage does not bear on a question', () => {
  test.each([
    ['Who won the football world cup in 1998?', 'The company won a contract in 1998.'],
    ['How do I bake bread with yeast?', 'The board will bake these figures into its plan.'],
    ['hi', 'This is a high building.'],
  ])('%s', (question, text) => {
    expect(isRelevant(question, text, 0.2)).toBe(false);
  });
});
