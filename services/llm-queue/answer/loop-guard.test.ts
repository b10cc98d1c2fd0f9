import { expect, test } from 'vitest';
import { createLoopGuard } from './loop-guard.ts';

test('the third time that a sentence comes, the model loops', () => {
  const isLooping = createLoopGuard();
  const said = [
    'The board is made up of its members.',
    'It meets in the spring of each year.',
    'The board is made up of its members!',
    '  The board is made up of its members.',
  ];
  expect(said.map(isLooping)).toEqual([false, false, false, true]);
});

test('short sentences may come as often as they like', () => {
  const isLooping = createLoopGuard();
  expect(Array.from({ length: 9 }, () => isLooping('- Yes, it does.'))).not.toContain(true);
});
