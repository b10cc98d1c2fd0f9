import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestRuntime, type TestRuntime } from '../support/runtime.ts';
import { waitFor } from '../support/wait.ts';

let box: TestRuntime;
beforeAll(async () => {
  box = await startTestRuntime();
});
afterAll(() => box.close());

const post = (path: string, body: unknown, init: RequestInit = {}) =>
  fetch(`${box.url}${path}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...init,
    headers: { Authorization: `Bearer ${box.token}`, 'Content-Type': 'application/json', ...init.headers },
  });
const messages = [{ role: 'user', content: 'Count from 1 to 300, one number per line.' }];

describe('the model runtime over HTTP', { timeout: 120_000 }, () => {
  test('nobody without its token is let in', async () => {
    for (const headers of [{}, { Authorization: 'Bearer wrong' }, { Authorization: box.token }]) {
      const response = await fetch(`${box.url}/v1/models`, { headers: headers as Record<string, string> });
      expect(response.status).toBe(401);
      expect(((await response.json()) as { error: { code: string } }).error.code).toBe('unauthenticated');
    }
  });

  test.each([
    ['/v1/chat/completions', '{', 400, 'malformed_request'],
    ['/v1/chat/completions', { messages: [] }, 422, 'validation_failed'],
    ['/v1/chat/completions', { messages: [{ role: 'king', content: 'x' }] }, 422, 'validation_failed'],
    ['/v1/chat/completions', { messages, temperature: 9 }, 422, 'validation_failed'],
    ['/v1/chat/completions', { messages, n: 2 }, 422, 'validation_failed'],
    ['/v1/embeddings', { input: [] }, 422, 'validation_failed'],
    ['/v1/embeddings', { input: [3] }, 422, 'validation_failed'],
    ['/v1/embeddings', { input: 'x'.repeat(17 * 2 ** 20) }, 413, 'payload_too_large'],
    ['/v1/nothing', {}, 404, 'not_found'],
  ])('%s refuses what is wrong with it (%#)', async (path, body, status, code) => {
    const response = await post(path, body);
    expect(response.status).toBe(status);
    expect(((await response.json()) as { error: { code: string } }).error.code).toBe(code);
  });

  test('without a stream the answer comes at once, with usage and timings', async () => {
    const response = await post('/v1/chat/completions', { messages, max_tokens: 8, temperature: 0 });
    const body = (await response.json()) as Record<string, never>;
    expect(body).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { role: 'assistant' }, finish_reason: 'length' }],
      usage: { completion_tokens: 8 },
      timings: { promptTokens: expect.any(Number), prefillMs: expect.any(Number), decodeMs: expect.any(Number), tokensPerSecond: expect.any(Number) },
    });
  });

  test('a reader who disconnects stops the model', async () => {
    const leaving = new AbortController();
    const response = await post('/v1/chat/completions', { messages, stream: true, temperature: 0 }, { signal: leaving.signal });
    const reader = response.body!.getReader();
    await reader.read();
    expect(box.runtime.slot.length).toBe(1);
    leaving.abort();
    await waitFor(() => box.runtime.slot.length === 0, { what: 'the model to be free', timeoutMs: 5_000 });
  });

  test('a reader who leaves while waiting in line is forgotten', async () => {
    const first = new AbortController();
    const second = new AbortController();
    const writing = await post('/v1/chat/completions', { messages, stream: true, temperature: 0 }, { signal: first.signal });
    const waiting = post('/v1/chat/completions', { messages, stream: true, temperature: 0 }, { signal: second.signal }).catch(() => null);
    await waitFor(() => box.runtime.slot.length === 2, { what: 'two in line' });
    second.abort();
    await waiting;
    await waitFor(() => box.runtime.slot.length === 1, { what: 'one in line' });
    first.abort();
    await writing.text().catch(() => null);
    await waitFor(() => box.runtime.slot.length === 0, { what: 'nobody in line' });
  });

  test('the next turn of a conversation reads only what is new', async () => {
    const system = { role: 'system' as const, content: 'You answer questions about pumps. '.repeat(12) };
    const read = async (turns: { role: 'system' | 'user' | 'assistant'; content: string }[]) => {
      for await (const event of box.client.chat({ messages: turns, maxTokens: 6, temperature: 0 })) if (event.type === 'done') return event.timings;
      throw new Error('no end');
    };
    const first = await read([system, { role: 'user', content: 'What is a valve?' }]);
    const second = await read([system, { role: 'user', content: 'What is a seal?' }]);
    expect(second.cachedTokens).toBeGreaterThan(first.promptTokens * 0.7);
    expect(second.promptTokens - second.cachedTokens).toBeLessThan(40);
  });

  test('vectors are the same as base64 and as numbers', async () => {
    const ask = async (encoding_format: string) =>
      ((await (await post('/v1/embeddings', { input: 'The valve is checked.', encoding_format })).json()) as { data: { embedding: string | number[] }[] })
        .data[0]!.embedding;
    const bytes = Buffer.from((await ask('base64')) as string, 'base64');
    const vector = Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
    expect(await ask('float')).toEqual(vector);
  });

  test('a search and an upload are served while an answer is being written', async () => {
    let answered = false;
    const answering = (async () => {
      for await (const event of box.client.chat({ messages: [{ role: 'user', content: 'Tell a long story about the sea.' }], maxTokens: 120, temperature: 0 }))
        if (event.type === 'done') answered = true;
    })();
    await waitFor(() => box.runtime.slot.length === 1, { what: 'the answer to begin' });
    const search = await box.client.embed(['pump'], { kind: 'query', class: 'interactive' });
    expect(answered).toBe(false);
    const upload = await box.client.embed(['The pump is inspected twice a year.'], { kind: 'passage', class: 'background' });
    expect([search.vectors.length, upload.vectors.length]).toEqual([1, 1]);
    await answering;
    expect(answered).toBe(true);
  });

  test('says what is loaded, and lets go of it', async () => {
    const health = (await (await fetch(`${box.url}/health`, { headers: { Authorization: `Bearer ${box.token}` } })).json()) as {
      loaded: { id: string }[];
      device: string;
      rssBytes: number;
    };
    expect(health.loaded.map(({ id }) => id).sort()).toEqual(['all-minilm-l6-v2', 'smollm2-135m-instruct']);
    expect(health.rssBytes).toBeGreaterThan(50e6);
    await post('/internal/unload', { model: 'all-minilm-l6-v2' });
    expect(box.runtime.residency.loaded().map(({ id }) => id)).toEqual(['smollm2-135m-instruct']);
    await post('/internal/load', { model: 'all-minilm-l6-v2' });
    expect(box.runtime.residency.loaded()).toHaveLength(2);
  });
});

describe('the model runtime when it is stopped', { timeout: 120_000 }, () => {
  test('batches in hand are finished first: a thread ended inside native code would take the process along', async () => {
    const stopping = await startTestRuntime();
    await stopping.client.embed(['warm'], { kind: 'query', class: 'interactive' });
    const texts = Array.from({ length: 64 }, (_, n) => `Valve ${n} is inspected by the shift leader. `.repeat(20));
    const inHand = stopping.client.embed(texts, { kind: 'passage', class: 'background' }).then(
      () => 'done',
      () => 'refused',
    );
    await waitFor(() => stopping.runtime.residency.loaded().some(({ idleMs }) => idleMs === 0), { what: 'a batch in hand' });
    await stopping.close();
    expect(await inHand).toBe('refused');
    expect(stopping.runtime.residency.loaded()).toEqual([]);
  });

  test('a chat model that is being loaded is not waited for', async () => {
    const stopping = await startTestRuntime();
    const asked = stopping.client.chat({ messages: [{ role: 'user', content: 'Hello' }], maxTokens: 4 });
    const answer = asked[Symbol.asyncIterator]()
      .next()
      .then(
        () => 'answered',
        () => 'refused',
      );
    await waitFor(() => stopping.runtime.slot.length === 1, { what: 'the load to begin' });
    await stopping.close();
    expect(await answer).toBe('refused');
    expect(stopping.runtime.residency.loaded()).toEqual([]);
  });
});
