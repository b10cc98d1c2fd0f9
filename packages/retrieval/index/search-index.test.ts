import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSearchIndex, type IndexPassage, type SearchIndex } from './search-index.ts';

const WORKSPACE = 'w1';
const WORDS = ['revenue', 'margin', 'cash', 'store', 'debt', 'coffee', 'apple'];
const passage = (id: string, text: string, contextHeader = ''): IndexPassage => ({
  id,
  text,
  contextHeader,
  language: 'en',
  contentHash: createHash('sha256').update(text).digest('hex'),
});

const vectorOf = (text: string): number[] => {
  const values = WORDS.map((word) => text.split(word).length - 1 + 0.1);
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
};
const addVectors = (index: SearchIndex, passages: readonly IndexPassage[]): void =>
  index.addVectors({ model: 'm', ids: passages.map(({ id }) => id), values: Float32Array.from(passages.flatMap(({ text }) => vectorOf(text))) });
const ask = (query: string) => ({
  workspaceId: WORKSPACE,
  scope: 'everything' as const,
  query,
  mode: 'hybrid' as const,
  limit: 100,
  vector: { model: 'm', values: Float32Array.from(vectorOf(query)) },
});

const text = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 8 }).map((words) => words.join(' '));
const library = fc.array(fc.array(text, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 6 });

const build = (documents: readonly (readonly string[])[]): SearchIndex => {
  const index = createSearchIndex();
  documents.forEach((texts, d) => {
    const passages = texts.map((each, p) => passage(`d${d}p${p}`, each));
    index.add(`d${d}`, WORKSPACE, passages);
    addVectors(index, passages);
  });
  return index;
};

describe('search index', () => {
  test('a filter never loses a passage: within the documents, the order is that of an index of these documents alone by meaning', () => {
    fc.assert(
      fc.property(library, fc.array(fc.nat(5)), text, (documents, chosen, query) => {
        const documentIds = [...new Set(chosen.filter((d) => d < documents.length))].map((d) => `d${d}`);
        const filtered = build(documents).search({ ...ask(query), mode: 'meaning', documentIds }).candidates;
        const alone = createSearchIndex();
        for (const documentId of documentIds) {
          const passages = documents[Number(documentId.slice(1))]!.map((each, p) => passage(`${documentId}p${p}`, each));
          alone.add(documentId, WORKSPACE, passages);
          addVectors(alone, passages);
        }
        const scoreById = (found: ReturnType<SearchIndex['search']>['candidates']) => Object.fromEntries(found.map(({ id, meaning }) => [id, meaning]));
        expect(scoreById(filtered)).toEqual(scoreById(alone.search({ ...ask(query), mode: 'meaning' }).candidates));
      }),
    );
  });

  test('documents that come, change and go leave the index that the rows describe', () => {
    fc.assert(
      fc.property(library, library, text, (before, after, query) => {
        const index = build(before);
        const all = Math.max(before.length, after.length);
        for (let d = 0; d < all; d += 1) {
          const texts = after[d];
          if (texts === undefined) {
            index.removeDocument(`d${d}`);
            continue;
          }
          const passages = texts.map((each, p) => passage(`d${d}p${p}`, each));
          const gap = index.reconcile(
            `d${d}`,
            WORKSPACE,
            [],
            passages.map(({ id, contentHash }) => ({ id, contentHash, models: ['m'] })),
          );
          index.add(
            `d${d}`,
            WORKSPACE,
            passages.filter(({ id }) => gap.passages.includes(id)),
          );
          addVectors(
            index,
            passages.filter(({ id }) => gap.vectors['m']?.includes(id) === true),
          );
        }
        const fresh = build(after);
        const scores = (each: SearchIndex) => Object.fromEntries(each.search(ask(query)).candidates.map(({ id, words, meaning }) => [id, [words, meaning]]));
        expect(scores(index)).toEqual(scores(fresh));
        expect(index.stats()).toMatchObject({ documents: after.length, passages: fresh.stats().passages, vectors: fresh.stats().vectors });
      }),
    );
  });

  test('what is in place already is not asked for again', () => {
    const index = build([['revenue grew', 'cash fell']]);
    const rows = [passage('d0p0', 'revenue grew'), passage('d0p1', 'cash fell')].map(({ id, contentHash }) => ({ id, contentHash, models: ['m'] }));
    expect(index.reconcile('d0', WORKSPACE, [], rows)).toEqual({ passages: [], vectors: {} });
  });

  test('another workspace sees nothing', () => {
    expect(build([['revenue']]).search({ ...ask('revenue'), workspaceId: 'w2' }).candidates).toEqual([]);
  });

  test('passages without an embedding are found by their words, among those that have one', () => {
    const index = build([['revenue margin', 'apple coffee']]);
    index.add('d9', WORKSPACE, [passage('new', 'revenue margin debt')]);
    const found = index.search(ask('margin debt')).candidates;
    expect(found[0]).toMatchObject({ id: 'new', meaning: null });
  });

  test('of two that say the same, the one whose document the question names comes first', () => {
    const index = createSearchIndex();
    index.add('d1', WORKSPACE, [passage('p1', 'margin apple', 'Nike 2019 10-K')]);
    index.add('d2', WORKSPACE, [passage('p2', 'margin store', 'Foot Locker 2022 8-K')]);
    index.add('d3', WORKSPACE, [passage('p3', 'margin debt', 'JPMorgan 2021 Q1')]);
    const first = (query: string) => index.search({ workspaceId: WORKSPACE, scope: 'everything', query, mode: 'words', limit: 1 }).candidates[0]?.id;
    expect(first('margin')).toBe('p1');
    expect(first('margin of Footlocker')).toBe('p2');
    expect(first('margin of JPM')).toBe('p3');
  });

  test('a quoted phrase needs all of its words', () => {
    const index = build([['revenue margin', 'revenue cash', 'margin cash']]);
    expect(index.search(ask('"revenue margin"')).candidates.map(({ id }) => id)).toEqual(['d0p0']);
  });
});
