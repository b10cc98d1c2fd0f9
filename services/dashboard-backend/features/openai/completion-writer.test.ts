import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '#kit';
import { writeWhole } from './completion-writer.ts';
import type { CompletionPart } from './completions.service.ts';

const QUIET_MS = 40;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function* slowly(fails: boolean): AsyncGenerator<CompletionPart> {
  await pause(10 * QUIET_MS);
  if (fails) throw new AppError('model_stopped', { message: 'It stopped.' });
  yield { type: 'text', text: 'At last.' };
  yield { type: 'end', annotations: [], finishReason: 'stop', usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 }, model: 'arasul' };
}

describe('a request that is not streamed and waits long', () => {
  let server: Server;
  let url: string;
  beforeAll(async () => {
    const app = express();
    app.post('/v1/chat/completions', express.json(), (request, response) => {
      const body = request.body as Parameters<typeof writeWhole>[2];
      const job = { jobId: 'j', ticket: { position: 2, etaMs: null, etaP90Ms: null } };
      void writeWhole(response, job, body, slowly(body.model === 'broken'), { firstByteMs: QUIET_MS, heartbeatMs: QUIET_MS });
    });
    server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  });
  afterAll(() => server.close());
  const body = (model: string) => ({ model, messages: [{ role: 'user' as const, content: 'When?' }] });

  test('has its first bytes soon, and the official client reads the answer behind them', async () => {
    const began = performance.now();
    const raw = await fetch(`${url}/chat/completions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body('arasul')),
    });
    const headersMs = performance.now() - began;
    const text = await raw.text();
    expect(headersMs).toBeLessThan(performance.now() - began);
    expect(text).toMatch(/^\n{2,}\{/);
    const client = new OpenAI({ baseURL: url, apiKey: 'x', maxRetries: 0 });
    const answer = await client.chat.completions.create(body('arasul'));
    expect(answer.choices[0]!.message.content).toBe('At last.');
    expect(answer.usage!.total_tokens).toBe(3);
  });

  test('that fails after its first bytes says so in its body', async () => {
    const raw = await fetch(`${url}/chat/completions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body('broken')),
    });
    expect(await raw.json()).toMatchObject({ error: { code: 'model_stopped', message: 'It stopped.' } });
  });
});
