import { expect, test } from 'vitest';
import { systemClock } from '#kit';
import { createActiveModels } from './active-models.ts';

type Models = Awaited<ReturnType<Parameters<typeof createActiveModels>[0]['runtime']['models']>>;
const model = (id: string, more: Partial<Models[number]>): Models[number] => ({
  id,
  purpose: 'chat',
  contextTokens: null,
  active: null,
  loaded: null,
  digest: null,
  ...more,
});

const setUp = (answers: (Models | Error)[]) => {
  let now = 1_000_000;
  let asked = 0;
  const runtime = {
    models: () => {
      const answer = answers[Math.min(asked, answers.length - 1)]!;
      asked += 1;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  };
  const read = createActiveModels({ runtime, clock: { ...systemClock, now: () => now } });
  return { read, later: () => void (now += 6_000), asked: () => asked };
};

test('the active models of our runtime, asked once in five seconds however many look', async () => {
  const { read, asked } = setUp([
    [model('idle', { active: false }), model('chat', { active: true, loaded: true }), model('embed', { purpose: 'embed', active: true })],
  ]);
  expect(await Promise.all([read(), read()])).toEqual([
    { chat: 'chat', embed: 'embed', state: 'loaded' },
    { chat: 'chat', embed: 'embed', state: 'loaded' },
  ]);
  await read();
  expect(asked()).toBe(1);
});

test('a runtime that goes away keeps the names, and says so', async () => {
  const { read, later } = setUp([[model('chat', { active: true })], new Error('ECONNREFUSED')]);
  expect(await read()).toEqual({ chat: 'chat', embed: null, state: 'ready' });
  later();
  expect(await read()).toEqual({ chat: 'chat', embed: null, state: 'away' });
});

test('an external runtime that does not say what its models are for answers with its first', async () => {
  expect(await setUp([[model('llama', { purpose: null })]]).read()).toEqual({ chat: 'llama', embed: null, state: 'ready' });
  expect(await setUp([[]]).read()).toEqual({ chat: null, embed: null, state: 'none' });
});
