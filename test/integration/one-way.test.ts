import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createAccelerator, type Accelerator } from '#accelerator';
import { askCanary, type CanaryNeeds } from '#canary';
import { createFsObjectStore } from '#clients';
import { silentLogger } from '#kit';
import { connectQueues, createJobs, type QueueConnection } from '#queue';
import { startAskingBox } from '../support/asking.ts';
import { startIndexing } from '../support/indexing.ts';
import { hang, say } from '../support/scripted-runtime.ts';
import { waitFor } from '../support/wait.ts';

let asking: Awaited<ReturnType<typeof startAskingBox>>;
let accelerator: Accelerator;
beforeAll(async () => {
  asking = await startAskingBox();
  accelerator = createAccelerator({
    target: () => ({ url: asking.runtime.url, token: '', dialect: 'arasul' }),
    database: asking.box.database,
    notifier: asking.box.database.notifier(),
  });
});
afterAll(() => asking.stop());
const call = (method: string, path: string, body?: unknown) => asking.box.request(method, path, { as: asking.owner, body });
afterEach(async () => {
  asking.runtime.embedMsPerText = null;
  asking.runtime.script = say('Yes.');
  await call('POST', '/api/v1/queue/resume');
});

const passages = (count: number): string[] => Array.from({ length: count }, (_, n) => `passage ${n} `.padEnd(200, 'x'));
const slices = () => asking.box.rows('llm_slices');
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('M6 one way to the accelerator', () => {
  test('M6 only the gate makes a model runtime’s port, and only the worker of the line asks a model to write', async () => {
    const folders = await Promise.all(
      ['packages', 'services', 'scripts'].map(async (top) => (await readdir(top, { recursive: true })).map((name) => join(top, name))),
    );
    const files = folders.flat().filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
    const texts = await Promise.all(files.map(async (name) => ({ name, text: await readFile(name, 'utf8') })));
    const naming = (pattern: RegExp): string[] => texts.filter(({ text }) => pattern.test(text)).map(({ name }) => name);
    expect(naming(/openai-runtime\.ts'/)).toEqual(['packages/accelerator/accelerator.ts']);
    expect(naming(/\.chat\(/)).toEqual(['services/llm-queue/answer/watched-chat.ts']);
    expect(naming(/\.answering\b/)).toEqual(['services/llm-queue/main.ts']);
    // The wire's own paths: the port, the runtime that serves it, and the API for others.
    const paths = naming(/\/v1\/(chat\/completions|embeddings|completions)/).filter((name) => !name.startsWith('services/model-runtime/'));
    expect(paths).toEqual(['packages/clients/model-runtime/openai-runtime.ts']);
  });

  test('M6 indexing is cut into slices of two seconds at most, and a question that comes meanwhile waits for one slice', async () => {
    asking.runtime.embedMsPerText = 40;
    const first = asking.runtime.embeddings.length;
    const indexing = accelerator.embedPassages(passages(120), { class: 'background', userId: null });
    await waitFor(() => asking.runtime.embeddings.length > first + 2, { what: 'the third slice' });
    const askedAt = Date.now();
    const { jobId } = await asking.ask('Who goes first?');
    await asking.follow(jobId);
    const [job] = await asking.box.rows('llm_jobs', { id: jobId });
    const { vectors } = await indexing;
    expect(vectors).toHaveLength(120);
    const made = asking.runtime.embeddings.slice(first);
    expect(made.length).toBeGreaterThan(2);
    for (const { from, to } of made) expect(to! - from).toBeLessThan(2_500);
    // It began before the work was over, and nothing else ran while it did.
    const [began, ended] = [(job!.started_at as Date).getTime(), (job!.finished_at as Date).getTime()];
    expect(made.filter(({ from }) => from > askedAt && from < began - 50).length).toBeLessThanOrEqual(1);
    expect(made.some(({ from }) => from > ended - 50)).toBe(true);
    expect(made.filter(({ from, to }) => from < ended - 50 && to! > began + 50)).toEqual([]);
    expect(await slices()).toEqual([]);
    const usage = (await asking.box.rows('llm_usage', { class: 'background' })).filter(({ job_id }) => job_id === null);
    expect(usage).toHaveLength(made.length);
  });

  test('M6 while an answer is being written nothing is indexed; afterwards it goes on by itself, and a search is let in at once', async () => {
    asking.runtime.embedMsPerText = 5;
    const before = asking.runtime.calls.length;
    asking.runtime.script = async function* (model) {
      yield 'One';
      await hang(model);
    };
    const { jobId } = await asking.ask('Take your time.');
    await waitFor(() => asking.runtime.calls.length > before, { what: 'the question at the model' });
    const from = asking.runtime.embeddings.length;
    let isDone = false;
    const indexing = accelerator.embedPassages(passages(3), { class: 'background', userId: null }).then(() => (isDone = true));
    await waitFor(async () => (await slices()).length === 1, { what: 'a slice in line' });
    expect((await accelerator.embedQuery(['which pump?'])).vectors).toHaveLength(1);
    await pause(300);
    expect(isDone).toBe(false);
    expect(asking.runtime.embeddings.slice(from)).toMatchObject([{ texts: 1 }]);
    await call('POST', `/api/v1/jobs/${jobId}/cancel`);
    await indexing;
  });

  test('M6 vectors of the API are its person’s own share, and what is given up leaves the line', async () => {
    asking.runtime.embedMsPerText = 1;
    const answer = await call('POST', '/v1/embeddings', { model: 'scripted-embed', input: passages(5) });
    expect(answer.status).toBe(200);
    expect(answer.body.data).toHaveLength(5);
    const usage = await asking.box.rows('llm_usage', { class: 'agent' });
    expect(usage.length).toBeGreaterThan(0);
    expect(usage[0]!.user_id).not.toBeNull();

    await call('POST', '/api/v1/queue/pause', { reason: 'test' });
    const leaving = new AbortController();
    const given = accelerator.embedPassages(passages(1), { class: 'background', userId: null }, { signal: leaving.signal });
    await waitFor(async () => (await slices()).length === 1, { what: 'a slice in line' });
    leaving.abort(new Error('never mind'));
    await expect(given).rejects.toThrow('never mind');
    await waitFor(async () => (await slices()).length === 0, { what: 'the slice to be gone' });
  });

  test('A10 a slice whose process was killed holds nobody up for longer than its lease', async () => {
    await asking.box.database.db
      .insertInto('llm_slices')
      .values({ class: 'background', estimate_ms: 1_000, started_at: new Date(), lease_expires_at: new Date(Date.now() + 1_500) })
      .execute();
    const { jobId } = await asking.ask('Still there?');
    const events = await asking.follow(jobId);
    expect(events.at(-1)!.event).toBe('done');
    expect(await slices()).toEqual([]);
  });
});

describe('A8 a paused line', () => {
  let connection: QueueConnection;
  let indexing: Awaited<ReturnType<typeof startIndexing>>;
  let canary: CanaryNeeds;
  beforeAll(async () => {
    connection = connectQueues({ url: asking.box.database.url, log: silentLogger });
    indexing = await startIndexing(asking.box);
    canary = {
      database: asking.box.database,
      notifier: asking.box.database.notifier(),
      jobs: createJobs({ connection, log: silentLogger }),
      objects: await createFsObjectStore({ folder: join(asking.box.dataDir, 'objects'), reserveBytes: () => 0 }),
    };
  });
  afterAll(async () => {
    await indexing.stop();
    await connection.close();
  });

  test('A8 lets the box’s own question prove a repair, and nobody else’s begin', async () => {
    asking.runtime.script = say('The Kestrel pump needs 41 minutes to warm up before it may carry load.');
    await call('POST', '/api/v1/queue/pause', { reason: 'Moving the box' });
    const { jobId } = await asking.ask('When will it go on?');
    const proof = await askCanary(canary, { occasion: 'repair', timeoutMs: 60_000 });
    expect(proof).toMatchObject({ ok: true });
    expect((await asking.box.rows('llm_jobs', { id: jobId }))[0]!.status).toBe('pending');
    await call('POST', '/api/v1/queue/resume');
    expect((await asking.follow(jobId)).at(-1)!.event).toBe('done');
  });
});
