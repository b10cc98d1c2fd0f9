import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { storeMemory, type Held, type MemoryNow, type MemoryProbe } from '#admission';
import { silentLogger } from '#kit';
import { createOpenAiRuntime } from '../../packages/clients/model-runtime/openai-runtime.ts';
import { createAdmission } from '../../services/model-runtime/admission.ts';
import { catalogue } from '../../services/model-runtime/catalogue/catalogue.ts';
import { readKvBytesPerToken } from '../../services/model-runtime/catalogue/gguf-facts.ts';
import { startRuntime } from '../../services/model-runtime/runtime.ts';
import { createShelf } from '../../services/model-runtime/shelf.ts';
import { startAskingBox } from '../support/asking.ts';
import { testModels, testModelsDir } from '../support/models.ts';
import { waitFor } from '../support/wait.ts';

const CHAT = testModels.chat.id;
const memory = (totalBytes: number, availableBytes: number, more: Partial<MemoryNow> = {}): MemoryNow => ({
  ram: { totalBytes, availableBytes },
  gpu: null,
  isUnified: false,
  holders: [],
  ...more,
});

let asking: Awaited<ReturnType<typeof startAskingBox>>;
beforeAll(async () => {
  asking = await startAskingBox();
  const facts = { purpose: 'chat', state: 'ready', size_bytes: 5e9, memory_bytes: 7e9, context_tokens: 8_192, kv_bytes_per_token: 147_456 };
  await asking.box.database.db
    .insertInto('models')
    .values([
      { ...facts, id: 'scripted', name: 'Scripted 8B', active: true },
      { ...facts, id: 'other', name: 'Other 8B', active: false },
    ])
    .execute();
});
afterAll(() => asking.stop());
afterEach(() => asking.box.database.db.deleteFrom('model_memory').execute());

const see = (now: MemoryNow, held: Held[] = []) => storeMemory(asking.box.database.db, now, held);
const post = (path: string, body?: unknown) => asking.box.request('POST', path, { as: asking.owner, body });
const conversation = async (): Promise<string> => (await post('/api/v1/conversations', {})).body.id as string;
const question = async (body: object = {}) => post(`/api/v1/conversations/${await conversation()}/messages`, { content: 'Does it fit?', ...body });

describe('M10 a model that does not fit', () => {
  test('M10: a question of a model that can never fit is refused at once, with the numbers, and leaves nothing in line', async () => {
    await see(memory(6e9, 5e9));
    const { status, body } = await question();
    expect(status).toBe(409);
    expect(body.error).toMatchObject({ code: 'model_too_large', details: { totalBytes: 6e9, availableBytes: 5e9, freeableBytes: 0 } });
    expect(body.error.message).toMatch(/Scripted 8B needs 6\.\d GB of memory .* this machine has 6\.0 GB/);
    const completion = await post('/v1/chat/completions', { model: 'scripted', messages: [{ role: 'user', content: 'Hello' }] });
    expect(completion.status).toBe(409);
    expect(completion.body.error.message).toContain('6.0 GB');
    expect(await asking.box.rows('llm_jobs')).toEqual([]);
    expect((await asking.box.rows('chat_messages')).length).toBe(0);
  });

  test('M10: while others hold the memory it is refused for now, with who they are and when to come back', async () => {
    await see(memory(16e9, 5e9, { holders: [{ pid: 4242, name: 'vllm', bytes: 9e9, isOrphan: true }] }));
    const answer = await question();
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answer.body.error).toMatchObject({ code: 'memory_short' });
    expect(answer.body.error.message).toContain('vllm (process 4242, left behind by a program that ended) holds 9.0 GB');
    const activated = await post('/api/v1/models/other/activate');
    expect(activated).toMatchObject({ status: 503, body: { error: { code: 'memory_short' } } });
    expect((await asking.box.rows('models', { id: 'other' }))[0]).toMatchObject({ active: false });
  });

  test('M10: what fits once another model of ours has left is taken into the line and answered', async () => {
    await see(memory(16e9, 5e9), [{ id: 'other', ramBytes: 0, gpuBytes: 4e9 }]);
    const { status, body } = await question();
    expect(status).toBe(202);
    await waitFor(async () => (await asking.box.rows('llm_jobs', { id: body.jobId }))[0]?.status === 'completed', { what: 'the answer' });
  });

  test('M10: quotes need no model, and an old look refuses nobody', async () => {
    await see(memory(6e9, 5e9));
    expect((await question({ mode: 'quotes' })).status).toBe(202);
    await asking.box.database.db
      .updateTable('model_memory')
      .set({ measured_at: new Date(Date.now() - 120_000) })
      .execute();
    expect((await question()).status).toBe(202);
  });

  test('M10: the Models page is told the room, who holds it, and how each model stands to it', async () => {
    await see(memory(16e9, 5e9, { holders: [{ pid: 7, name: 'ollama', bytes: 3e9, isOrphan: false }] }), [{ id: 'scripted', ramBytes: 0, gpuBytes: 4e9 }]);
    const { body } = await asking.box.request('GET', '/api/v1/models', { as: asking.owner });
    expect(body.memory).toMatchObject({ ram: { availableBytes: 5e9 }, holders: [{ name: 'ollama' }] });
    const of = (id: string) => body.items.find((item: { id: string }) => item.id === id).memory;
    expect(of('scripted').verdict).toBe('loaded');
    expect(of('other')).toMatchObject({ verdict: 'switch', contextBytes: 147_456 * 8_192 });
    const user = await asking.box.user('user');
    expect((await asking.box.request('GET', '/api/v1/models', { as: user })).status).toBe(403);
  });
});

describe('M10 the runtime asks before it loads', () => {
  test('M10: too little memory refuses the load with the numbers, enough lets it in; the window is the same for every request', async () => {
    const folder = await testModelsDir();
    const shelf = createShelf({ catalogue: catalogue(), folders: [{ path: folder, place: 'models folder' }] });
    await shelf.scan();
    let now = memory(1e8, 1e8);
    const probe: MemoryProbe = { read: () => Promise.resolve(now) };
    const { db } = asking.box.database;
    const admission = createAdmission({ db, probe, shelf, log: silentLogger });
    const token = 'a token for this test';
    const runtime = await startRuntime({
      shelf,
      host: '127.0.0.1',
      port: 0,
      token,
      unloadAfterMs: () => 0,
      admission: admission.admit,
      log: silentLogger,
    });
    const client = createOpenAiRuntime({ target: () => ({ url: `http://127.0.0.1:${runtime.port}`, token, dialect: 'arasul' }) });
    const say = async (content: string) => {
      let used = 0;
      for await (const event of client.chat({ model: CHAT, messages: [{ role: 'user', content }], maxTokens: 2 }))
        if (event.type === 'done') used = event.usage.promptTokens;
      return used;
    };
    const window = async () => (await client.models()).find(({ id }) => id === CHAT)?.contextTokens;
    try {
      await expect(say('Hello')).rejects.toMatchObject({ code: 'model_too_large', message: expect.stringContaining('this machine has 0.1 GB') });
      now = memory(8e9, 1e8);
      await expect(say('Hello')).rejects.toMatchObject({ code: 'memory_short' });
      expect(runtime.residency.loaded()).toEqual([]);
      now = memory(8e9, 4e9);
      const before = await window();
      expect(await say('Hello')).toBeGreaterThan(0);
      // What is in memory stays usable when others come.
      now = memory(8e9, 1e8);
      expect(await say('word '.repeat(300))).toBeGreaterThan(300);
      expect(await window()).toBe(before);
      expect(runtime.residency.held()).toMatchObject([{ id: CHAT, ramBytes: expect.any(Number) }]);
      await expect(say('word '.repeat(5_000))).rejects.toMatchObject({ code: 'context_exceeded' });
      const end = admission.watch(() => runtime.residency.held());
      await waitFor(async () => (await asking.box.rows('model_memory')).length === 1, { what: 'the memory to be written down' });
      await end();
    } finally {
      await runtime.close();
    }
    // SmolLM2 135M: 30 layers, 3 heads of 64 values, keys and values in half precision.
    expect(await readKvBytesPerToken(join(folder, testModels.chat.file))).toBe(30 * 3 * 64 * 2 * 2);
  });
});
