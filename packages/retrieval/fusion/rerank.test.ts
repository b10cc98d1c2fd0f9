import { expect, test } from 'vitest';
import { inNewOrder, rerank } from './rerank.ts';

const passages = ['a', 'b', 'c'].map((passageId) => ({
  passageId,
  filename: 'handbook.pdf',
  heading: passageId === 'a' ? null : 'Rules',
  text: `text ${passageId}`,
}));
const quiet = { warn: () => undefined };

test('what was scored comes first, best before worse; the rest keeps its order', () => {
  const order = inNewOrder(
    [...passages, { passageId: 'd' }],
    new Map([
      ['a', 0.1],
      ['c', 0.9],
    ]),
  );
  expect(order.map(({ passageId }) => passageId)).toEqual(['c', 'a', 'b', 'd']);
});

test('the model reads where a passage stands as well; as many as it scored are put in order', async () => {
  const read: string[] = [];
  const found = await rerank(
    {
      find: async () => 'cross',
      score: async (_query, texts) => {
        read.push(...texts);
        return { model: 'cross', scores: [0.2, 0.7] };
      },
    },
    'q',
    passages,
    quiet,
  );
  expect(read[0]).toBe('handbook.pdf\ntext a');
  expect(read[1]).toBe('handbook.pdf\nRules\ntext b');
  expect(found).toMatchObject({ model: 'cross' });
  expect([...(found as { scores: ReadonlyMap<string, number> }).scores]).toEqual([
    ['a', 0.2],
    ['b', 0.7],
  ]);
});

test('without a model, or when it fails, the reason is told and nothing else happens', async () => {
  expect(await rerank(undefined, 'q', passages, quiet)).toBe('no_model');
  expect(await rerank({ find: async () => null, score: () => Promise.reject(new Error('never asked')) }, 'q', passages, quiet)).toBe('no_model');
  expect(await rerank({ find: async () => 'cross', score: () => Promise.reject(new Error('away')) }, 'q', passages, quiet)).toBe('model_away');
});
