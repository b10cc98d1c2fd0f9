import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAskingBox } from '../support/asking.ts';
import { hang, say } from '../support/scripted-runtime.ts';
import { waitFor } from '../support/wait.ts';

const question = [{ role: 'user' as const, content: 'What is two and two?' }];

describe('the OpenAI-compatible API, with the official client', () => {
  let asking: Awaited<ReturnType<typeof startAskingBox>>;
  let openai: OpenAI;
  beforeAll(async () => {
    asking = await startAskingBox();
    openai = new OpenAI({ baseURL: `${asking.box.url}/v1`, apiKey: await asking.box.key(asking.owner, ['chat']), maxRetries: 0 });
  });
  afterAll(() => asking.stop());

  test('lists the models, “arasul” first', async () => {
    expect((await openai.models.list()).data.map(({ id }) => id)).toEqual(['arasul', 'scripted']);
  });

  test('answers in one piece', async () => {
    asking.runtime.script = say('Two and two', ' is four.');
    const { data, response } = await openai.chat.completions
      .create({
        model: 'scripted',
        messages: [{ role: 'system', content: 'Be brief.' }, ...question],
        temperature: 0.5,
        max_tokens: 20,
        stop: 'END',
        seed: 7,
        top_p: 0.9,
      })
      .withResponse();
    expect(data).toMatchObject({
      object: 'chat.completion',
      model: 'scripted',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Two and two is four.' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
    });
    expect(response.headers.get('x-arasul-position')).toBe('1');
    expect(asking.runtime.calls.at(-1)).toMatchObject({
      messages: [{ role: 'system', content: 'Be brief.' }, ...question],
      body: { model: 'scripted', temperature: 0.5, max_tokens: 20, stop: ['END'], seed: 7, top_p: 0.9 },
    });
  });

  test('streams, with the usage at the end', async () => {
    asking.runtime.script = say('Two', ' and', ' two.');
    const stream = await openai.chat.completions.create({ model: 'arasul', messages: question, stream: true, stream_options: { include_usage: true } });
    let text = '';
    let usage = null;
    const reasons: string[] = [];
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      if (chunk.choices[0]?.finish_reason) reasons.push(chunk.choices[0].finish_reason);
      usage = chunk.usage ?? usage;
    }
    expect(text).toBe('Two and two.');
    expect(reasons).toEqual(['stop']);
    expect(usage).toMatchObject({ total_tokens: 13 });
  });

  test('says what is wrong in the client’s own errors', async () => {
    await expect(openai.chat.completions.create({ model: 'gpt-99', messages: question })).rejects.toMatchObject({
      status: 404,
      code: 'model_unknown',
      message: expect.stringContaining('scripted'),
    });
    await expect(openai.chat.completions.create({ model: 'arasul', messages: [] })).rejects.toMatchObject({ status: 422, code: 'validation_failed' });
    await expect(openai.chat.completions.create({ model: 'arasul', messages: question, n: 2 })).rejects.toMatchObject({ status: 422 });
    await expect(
      openai.chat.completions.create({ model: 'arasul', messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:,' } }] }] }),
    ).rejects.toMatchObject({ status: 422 });
    const stranger = new OpenAI({ baseURL: `${asking.box.url}/v1`, apiKey: 'ak_nobody', maxRetries: 0 });
    await expect(stranger.models.list()).rejects.toMatchObject({ status: 401, code: 'unauthenticated' });
    const reader = new OpenAI({ baseURL: `${asking.box.url}/v1`, apiKey: await asking.box.key(asking.owner, ['search']), maxRetries: 0 });
    await expect(reader.chat.completions.create({ model: 'arasul', messages: question })).rejects.toMatchObject({ status: 403, code: 'forbidden' });
    await expect(openai.embeddings.create({ model: 'scripted', input: 'x' })).rejects.toMatchObject({ status: 503, code: 'model_not_ready' });
  });

  test('a model that dies after it spoke ends the stream with an error, not with half an answer', async () => {
    asking.runtime.script = async function* () {
      yield 'Half';
      throw new Error('killed');
    };
    const stream = await openai.chat.completions.create({ model: 'scripted', messages: question, stream: true });
    let text = '';
    const reading = (async () => {
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    })();
    await expect(reading).rejects.toMatchObject({ code: 'model_stopped' });
    expect(text).toBe('Half');
  });

  test.each([true, false])('a client that goes away stops the model (stream: %s)', async (stream) => {
    asking.runtime.script = async function* (model) {
      yield 'One, ';
      await hang(model);
    };
    const calls = asking.runtime.calls.length;
    const leaving = new AbortController();
    const request = openai.chat.completions.create({ model: 'scripted', messages: question, stream }, { signal: leaving.signal });
    const outcome = (async () => {
      const answer = await request;
      if (Symbol.asyncIterator in answer) for await (const _chunk of answer);
    })().catch((error: unknown) => error);
    await waitFor(() => asking.runtime.calls.length > calls && asking.runtime.calls.at(-1)!.sent === 1);
    leaving.abort();
    await outcome;
    await waitFor(() => asking.runtime.calls.at(-1)!.signal.aborted, { what: 'the model to be stopped' });
    await waitFor(async () => (await asking.box.rows('llm_jobs', { kind: 'completion', status: 'cancelled' })).length > (stream ? 0 : 1));
  });

  test('while it waits, a stream says its place in comments, which the official client passes over', async () => {
    let release!: () => void;
    const held = new Promise<void>((resolve) => (release = resolve));
    asking.runtime.script = async function* ({ messages }) {
      yield 'Yes';
      if (messages.at(-1)!.content === 'Hold.') await held;
    };
    const holding = await asking.ask('Hold.');
    await waitFor(async () => (await asking.box.rows('llm_jobs', { id: holding.jobId }))[0]!.status === 'processing');
    const body = JSON.stringify({ model: 'arasul', messages: question, stream: true });
    const raw = await fetch(`${asking.box.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${asking.owner.token}`, 'Content-Type': 'application/json' },
      body,
    });
    expect(raw.headers.get('x-arasul-position')).toBe('1');
    const stream = await openai.chat.completions.create({ model: 'arasul', messages: question, stream: true });
    release();
    expect(await raw.text()).toMatch(/^: in line: position 1/m);
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    expect(text).toBe('Yes');
    await asking.follow(holding.jobId);
  });

  test('waits in the same line as everybody', async () => {
    asking.runtime.script = async function* ({ messages, n }) {
      order.push(messages.at(-1)!.content);
      yield `Answer ${n}`;
    };
    const order: string[] = [];
    const chat = await asking.ask('First, in the chat');
    const whole = openai.chat.completions.create({ model: 'arasul', messages: [{ role: 'user', content: 'Second, by key' }] });
    await waitFor(async () => (await asking.box.rows('llm_jobs', { prompt: 'Second, by key' })).length === 1);
    const last = await asking.ask('Third, in the chat');
    await Promise.all([whole, asking.follow(chat.jobId), asking.follow(last.jobId)]);
    expect(order).toEqual(['First, in the chat', 'Second, by key', 'Third, in the chat']);
  });
});
