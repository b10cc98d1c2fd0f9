import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createOpenAiRuntime } from './openai-runtime.ts';
import type { ChatEvent } from './port.ts';
import { probeRuntime } from './probe.ts';
import { chooseTarget } from './target.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Another runtime over real HTTP, which says what the test lets it say. */
const speak = async (answer: (request: IncomingMessage, response: ServerResponse) => void) => {
  server = createServer(answer);
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, runtime: createOpenAiRuntime({ target: () => ({ url, dialect: 'openai', chatModel: 'their-model' }) }) };
};

const read = async (events: AsyncIterable<ChatEvent>): Promise<ChatEvent[]> => {
  const all: ChatEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
};
const ask = { messages: [{ role: 'user' as const, content: 'Hi' }] };
const chunk = (delta: object, more: object = {}) =>
  `data: ${JSON.stringify({ model: 'their-model', choices: [{ delta, finish_reason: null }], ...more })}\r\n\r\n`;

describe('a runtime of others', () => {
  test('its stream is read whatever the pieces, with its own timings', async () => {
    const { runtime } = await speak((_request, response) => {
      const end = `data: ${JSON.stringify({ choices: [{ delta: {}, finish_reason: 'stop' }], usage: { prompt_tokens: 9, completion_tokens: 2 }, timings: { prompt_n: 7, cache_n: 2, prompt_ms: 50, predicted_ms: 100, predicted_per_second: 20 } })}\n\n`;
      const bytes = Buffer.from(`: hello\n\n${chunk({ role: 'assistant' })}${chunk({ content: 'Grü' })}${chunk({ content: 'ße' })}${end}data: [DONE]\n\n`);
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      for (let at = 0; at < bytes.length; at += 7) response.write(bytes.subarray(at, at + 7));
      response.end();
    });
    expect(await read(runtime.chat(ask))).toEqual([
      { type: 'delta', text: 'Grü' },
      { type: 'delta', text: 'ße' },
      {
        type: 'done',
        reason: 'stop',
        model: 'their-model',
        usage: { promptTokens: 9, completionTokens: 2 },
        timings: { promptTokens: 9, cachedTokens: 2, prefillMs: 50, decodeMs: 100, tokensPerSecond: 20 },
      },
    ]);
  });

  test('a line that breaks in mid-answer is `model_stopped`, after what was sent', async () => {
    const { runtime } = await speak((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write(chunk({ content: 'Half an' }), () => response.destroy());
    });
    const seen: string[] = [];
    const reading = (async () => {
      for await (const event of runtime.chat(ask)) if (event.type === 'delta') seen.push(event.text);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'model_stopped' });
    expect(seen).toEqual(['Half an']);
  });

  test.each([
    [400, { error: { code: 'context_length_exceeded', message: 'too long' } }, 'context_exceeded'],
    [400, { error: { type: 'exceed_context_size_error', message: 'too long' } }, 'context_exceeded'],
    [401, { error: { message: 'no key' } }, 'model_away'],
    [404, { error: { message: 'model not found' } }, 'model_unknown'],
    [429, {}, 'model_busy'],
    [500, 'not even JSON', 'model_stopped'],
    [503, { error: { message: 'Loading model' } }, 'model_not_ready'],
  ])('its %s %j is understood', async (status, body, code) => {
    const { runtime } = await speak((_request, response) => void response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body)));
    await expect(read(runtime.chat(ask))).rejects.toMatchObject({ code });
  });

  test('vectors as numbers, out of order and not of unit length, come out right; the first model is taken where none is named', async () => {
    const { runtime } = await speak((request, response) => {
      if (request.url === '/v1/models') return void response.end(JSON.stringify({ data: [{ id: 'their-embedder' }] }));
      response.end(
        JSON.stringify({
          model: 'their-embedder',
          data: [
            { index: 1, embedding: [0, 2] },
            { index: 0, embedding: [3, 4] },
          ],
        }),
      );
    });
    const { vectors, dimensions, model } = await runtime.embed(['a', 'b'], { kind: 'query', class: 'interactive' });
    expect([model, dimensions]).toEqual(['their-embedder', 2]);
    expect(vectors.map((vector) => [...vector].map((value) => Math.round(value * 100)))).toEqual([
      [60, 80],
      [0, 100],
    ]);
  });

  test('its scores come out in the order of the texts, as shares of 1 also where it gives bare logits', async () => {
    const asked: unknown[] = [];
    const { runtime } = await speak((request, response) => {
      let text = '';
      request.on('data', (part) => (text += String(part)));
      request.on('end', () => {
        asked.push({ url: request.url, ...(JSON.parse(text) as object) });
        response.end(
          JSON.stringify({
            results: [
              { index: 1, relevance_score: 4 },
              { index: 0, relevance_score: -2 },
            ],
          }),
        );
      });
    });
    await expect(runtime.rerank('q', ['a', 'b'])).rejects.toMatchObject({ code: 'model_not_ready' });
    const { model, scores } = await runtime.rerank('q', ['a', 'b'], { model: 'their-reranker' });
    expect(asked).toEqual([{ url: '/v1/rerank', model: 'their-reranker', query: 'q', documents: ['a', 'b'], top_n: 2 }]);
    expect(model).toBe('their-reranker');
    expect(scores.map((score) => Math.round(score * 100))).toEqual([12, 98]);
    await expect(runtime.rerank('q', ['a', 'b', 'c'], { model: 'their-reranker' })).rejects.toMatchObject({ code: 'model_stopped' });
  });

  test('it is found where it answers, and not where something else does', async () => {
    const { url } = await speak((request, response) => void response.end(request.url === '/v1/models' ? JSON.stringify({ data: [{ id: 'qwen' }] }) : ''));
    expect(await probeRuntime('Ollama', url)).toEqual({ kind: 'Ollama', url, models: ['qwen'] });
    expect(await probeRuntime('Ollama', `${url}/nothing`)).toBeNull();
    expect(await probeRuntime('Ollama', 'http://127.0.0.1:9')).toBeNull();
  });
});

test('the settings choose the runtime; an address may end in /v1, as their manuals give it', () => {
  const own = { url: 'http://127.0.0.1:4000', token: 'secret' };
  const none = { externalUrl: '', externalChatModel: '', externalEmbedModel: '', externalRerankModel: '' };
  expect(chooseTarget(none, own)).toEqual({ ...own, dialect: 'arasul' });
  expect(chooseTarget({ ...none, externalUrl: 'http://box:11434/v1/', externalChatModel: 'qwen' }, own)).toEqual({
    url: 'http://box:11434',
    dialect: 'openai',
    chatModel: 'qwen',
    embedModel: undefined,
    rerankModel: undefined,
  });
});
