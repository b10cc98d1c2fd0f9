import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countTerms } from '../text/tokens.ts';
import { BM25_DEFAULTS, createBm25Index, type QueryTerm } from './bm25.ts';

const WORDS = ['revenue', 'margin', 'cash', 'flow', 'store', 'net', 'sales', 'debt', 'FY2022', '17,606', 'Q3'];
const text = fc.array(fc.constantFrom(...WORDS), { maxLength: 12 }).map((words) => words.join(' '));
const corpus = fc.array(fc.record({ text, contextHeader: text }), { minLength: 1, maxLength: 25 });
const terms = fc.uniqueArray(fc.constantFrom('revenu', 'margin', 'cash', 'flow', 'store', 'fy2022', '2022', '17606', 'absent'), { minLength: 1, maxLength: 4 });
const single = (term: string): QueryTerm => ({ terms: [term], weight: 1 });

/** The formula, written out. */
const naive = (documents: readonly { text: string; contextHeader: string }[], query: readonly string[]): number[] => {
  const { k1, b, headerWeight } = BM25_DEFAULTS;
  const counts = documents.map((each) => countTerms(each.contextHeader, 'en', headerWeight, countTerms(each.text, 'en')));
  const lengths = counts.map((each) => [...each.values()].reduce((sum, count) => sum + count, 0));
  const mean = lengths.reduce((sum, length) => sum + length, 0) / documents.length;
  return counts.map((each, at) =>
    query.reduce((sum, term) => {
      const tf = each.get(term) ?? 0;
      const df = counts.filter((other) => other.has(term)).length;
      const idf = Math.log(1 + (documents.length - df + 0.5) / (df + 0.5));
      return sum + (tf === 0 ? 0 : (idf * tf * (k1 + 1)) / (tf + k1 * (1 - b + (b * lengths[at]!) / mean)));
    }, 0),
  );
};

describe('BM25', () => {
  test('the scores are those of the formula', () => {
    fc.assert(
      fc.property(corpus, terms, (documents, query) => {
        const index = createBm25Index();
        documents.forEach((each, at) => index.add(at, { ...each, language: 'en' }));
        const scores = new Float32Array(documents.length);
        index.score(query.map(single), scores);
        naive(documents, query).forEach((expected, at) => expect(scores[at]).toBeCloseTo(expected, 3));
      }),
    );
  });

  test('added and removed in any order, it is the index that would be built afresh', () => {
    fc.assert(
      fc.property(corpus, corpus, fc.array(fc.nat(24)), terms, (first, second, gone, query) => {
        const removed = new Set(gone.filter((at) => at < first.length));
        const changed = createBm25Index();
        first.forEach((each, at) => changed.add(at, { ...each, language: 'en' }));
        changed.remove(removed);
        // Freed ordinals are used again, as the register does.
        const free = [...removed];
        const places = second.map((_, at) => free[at] ?? first.length + at);
        second.forEach((each, at) => changed.add(places[at]!, { ...each, language: 'en' }));

        const fresh = createBm25Index();
        first.forEach((each, at) => !removed.has(at) && fresh.add(at, { ...each, language: 'en' }));
        second.forEach((each, at) => fresh.add(places[at]!, { ...each, language: 'en' }));

        const size = first.length + second.length;
        const [a, b] = [new Float32Array(size), new Float32Array(size)];
        changed.score(query.map(single), a);
        fresh.score(query.map(single), b);
        expect([...a]).toEqual([...b]);
        expect(changed.passages).toBe(fresh.passages);
      }),
    );
  });

  test('alternatives count once: the best of them', () => {
    const index = createBm25Index();
    ['house', 'haus', 'house haus', 'other'].forEach((each, at) => index.add(at, { text: each, contextHeader: '', language: 'en' }));
    const [both, one, other] = [new Float32Array(4), new Float32Array(4), new Float32Array(4)];
    index.score([{ terms: ['hous', 'haus'], weight: 1 }], both);
    index.score([single('hous')], one);
    index.score([single('haus')], other);
    expect([...both]).toEqual([...one].map((score, at) => Math.max(score, other[at]!)));
  });
});
