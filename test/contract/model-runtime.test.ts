import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChatEvent, ChatRequest, ModelRuntime } from '#clients';
import { createOpenAiRuntime } from '../../packages/clients/model-runtime/openai-runtime.ts';
import { startTestRuntime } from '../support/runtime.ts';

/** What every runtime must keep to, ours or another's; ARASUL_TEST_RUNTIME_URL names another one to hold to it. */
const other = process.env.ARASUL_TEST_RUNTIME_URL;
let runtime: ModelRuntime;
let close: () => Promise<void> = () => Promise.resolve();

beforeAll(async () => {
  if (other) {
    runtime = createOpenAiRuntime({
      target: () => ({ url: other, dialect: 'openai', chatModel: process.env.ARASUL_TEST_CHAT_MODEL, embedModel: process.env.ARASUL_TEST_EMBED_MODEL }),
    });
    return;
  }
  const started = await startTestRuntime();
  runtime = started.client;
  close = started.close;
});
afterAll(() => close());

const collect = async (request: ChatRequest): Promise<{ text: string; deltas: number; done: Extract<ChatEvent, { type: 'done' }> }> => {
  let text = '';
  let deltas = 0;
  let done: Extract<ChatEvent, { type: 'done' }> | undefined;
  for await (const event of runtime.chat(request)) {
    if (event.type === 'done') done = event;
    else {
      text += event.text;
      deltas += 1;
    }
  }
  if (!done) throw new Error('The stream ended without its last event.');
  return { text, deltas, done };
};

const question: ChatRequest['messages'] = [{ role: 'user', content: 'What is the capital of France? Answer with one sentence.' }];

describe('a model runtime', { timeout: 120_000 }, () => {
  test('answers in pieces, then tells usage and timings', async () => {
    const { text, deltas, done } = await collect({ messages: question, maxTokens: 40, temperature: 0 });
    expect(text).toContain('Paris');
    expect(deltas).toBeGreaterThan(1);
    expect(done.usage.promptTokens).toBeGreaterThan(10);
    expect(done.usage.completionTokens).toBeGreaterThan(1);
    expect(done.timings.prefillMs).toBeGreaterThan(0);
    expect(done.timings.tokensPerSecond).toBeGreaterThan(0);
  });

  test('says when it was cut at the limit', async () => {
    const { done } = await collect({ messages: [{ role: 'user', content: 'Tell a long story about a ship.' }], maxTokens: 5, temperature: 0 });
    expect(done.reason).toBe('length');
    expect(done.usage.completionTokens).toBe(5);
  });

  test('ends before a stop string', async () => {
    const { text, done } = await collect({ messages: question, maxTokens: 40, temperature: 0, stop: ['Paris'] });
    expect(text).not.toContain('Paris');
    expect(done.reason).toBe('stop');
  });

  test('the same seed writes the same', async () => {
    const request: ChatRequest = { messages: [{ role: 'user', content: 'Name three animals.' }], maxTokens: 16, temperature: 1, seed: 7 };
    expect((await collect(request)).text).toBe((await collect(request)).text);
  });

  test('an aborted answer throws the reason, and the next one is served', async () => {
    const stop = new AbortController();
    const reason = new Error('stopped by the reader');
    const read = async () => {
      for await (const event of runtime.chat({ messages: [{ role: 'user', content: 'Count from 1 to 500.' }], temperature: 0 }, { signal: stop.signal })) {
        if (event.type === 'delta') stop.abort(reason);
      }
    };
    await expect(read()).rejects.toBe(reason);
    expect((await collect({ messages: question, maxTokens: 3, temperature: 0 })).done.usage.completionTokens).toBe(3);
  });

  test('a prompt that does not fit is refused as such', async () => {
    await expect(collect({ messages: [{ role: 'user', content: 'valve '.repeat(200_000) }], maxTokens: 5 })).rejects.toMatchObject({
      code: 'context_exceeded',
    });
  });

  test('embeds in order, at unit length, whatever the lengths', async () => {
    const texts = ['A cat sat on the mat.', 'The stock market fell sharply today. '.repeat(20), 'A kitten rested on the rug.', ''];
    const { vectors, dimensions, model } = await runtime.embed(texts, { kind: 'passage', class: 'background' });
    expect(model).not.toBe('');
    expect(vectors).toHaveLength(4);
    for (const vector of vectors) {
      expect(vector).toHaveLength(dimensions);
      expect(Math.hypot(...vector)).toBeCloseTo(1, 3);
    }
    const dot = (a: number, b: number) => vectors[a]!.reduce((sum, value, index) => sum + value * vectors[b]![index]!, 0);
    expect(dot(0, 2)).toBeGreaterThan(dot(0, 1) + 0.2);
    const alone = await runtime.embed([texts[0]!], { kind: 'passage', class: 'interactive' });
    expect(alone.vectors[0]!.reduce((sum, value, index) => sum + value * vectors[0]![index]!, 0)).toBeGreaterThan(0.98);
  });

  test('lists its models and counts tokens', async () => {
    expect((await runtime.models()).length).toBeGreaterThan(0);
    const short = await runtime.countTokens('one two three');
    const long = await runtime.countTokens('one two three '.repeat(50));
    expect(short).toBeGreaterThan(2);
    expect(long).toBeGreaterThan(short * 20);
    expect(await runtime.countTokens(question)).toBeGreaterThan(short);
  });

  test('nobody there is `model_away`', async () => {
    const nobody = createOpenAiRuntime({ target: () => ({ url: 'http://127.0.0.1:9', dialect: 'arasul' }) });
    await expect(nobody.embed(['x'], { kind: 'query', class: 'interactive' })).rejects.toMatchObject({ code: 'model_away' });
  });
});
