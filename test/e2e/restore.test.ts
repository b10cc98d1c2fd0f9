import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testModelsDir } from '../support/models.ts';
import { makeDataDir, startProduct, type Product } from '../support/product.ts';
import { waitFor } from '../support/wait.ts';

const OWNER = { username: 'mara', password: 'correct-horse-battery' };
const FACT = 'The warranty of the Kestrel circulation pump is 42 months from the day of delivery.';

const caller =
  (product: Product) =>
  async (method: string, path: string, { as, body }: { as?: string; body?: object | FormData } = {}) => {
    const isForm = body instanceof FormData;
    const answer = await fetch(`${product.url}/api/v1${path}`, {
      method,
      headers: { ...(as ? { Authorization: `Bearer ${as}` } : {}), ...(body && !isForm ? { 'Content-Type': 'application/json' } : {}) },
      body: body === undefined || isForm ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test says what it expects
    const parsed: any = text === '' ? null : JSON.parse(text);
    return { status: answer.status, body: parsed };
  };

describe('a box that was lost', () => {
  const products: Product[] = [];
  const folders: (() => Promise<void>)[] = [];
  let stick: string;
  let models: string;
  const start = async (): Promise<Product> => {
    const { dataDir, remove } = await makeDataDir();
    folders.push(remove);
    const product = await startProduct({ dataDir, env: { ARASUL_MODELS_DIR: models } });
    products.push(product);
    return product;
  };

  beforeAll(async () => {
    models = await testModelsDir();
    stick = await mkdtemp(join(tmpdir(), 'arasul-stick-'));
  });
  afterAll(async () => {
    for (const product of products) await product.stop();
    for (const remove of folders) await remove();
    await rm(stick, { recursive: true, force: true });
  });

  test('M11 comes back on a bare machine from the set-up page: code, folder, words; people sign in as they did', async () => {
    const old = await start();
    const there = caller(old);
    const token: string = (await there('POST', '/setup', { body: { code: old.code, ...OWNER } })).body.accessToken;
    const form = new FormData();
    form.append('file', new Blob([FACT], { type: 'text/plain' }), 'pump.txt');
    const id: string = (await there('POST', '/documents', { as: token, body: form })).body.items[0].id;
    await waitFor(async () => (await there('GET', `/documents/${id}`, { as: token })).body.status === 'indexed', { what: 'the document', timeoutMs: 90_000 });
    const { words } = (await there('POST', '/backups/recovery-key', { as: token })).body;
    const target = (await there('POST', '/backups/targets', { as: token, body: { name: 'Stick', folder: stick } })).body;
    expect((await there('POST', '/backups/runs', { as: token, body: { kind: 'backup', targetId: target.id } })).status).toBe(202);
    await waitFor(async () => (await there('GET', '/backups', { as: token })).body.lastGood !== null, {
      what: 'a good backup',
      timeoutMs: 90_000,
      everyMs: 200,
    });
    await old.stop();

    const began = performance.now();
    const bare = await start();
    const here = caller(bare);
    const ask = (more: object) => here('POST', '/setup/restore', { body: { code: bare.code, folder: stick, words, ...more } });
    expect((await ask({ code: 'AAAA-AAAA' })).status).toBe(403);
    expect((await ask({ folder: '/no/such/folder' })).body.error.message).toMatch(/cannot be used|There are no backups/);
    expect((await ask({ words: words.split(' ').reverse().join(' ') })).body.error.code).toBe('recovery_key_wrong');
    expect((await here('GET', '/setup')).body.required).toBe(true);

    expect(await ask({})).toMatchObject({ status: 202, body: { state: 'running', backup: { documents: 1, people: 1 } } });
    await waitFor(
      () =>
        here('GET', '/setup').then(
          ({ body }) => body.required === false,
          () => false,
        ),
      { what: 'the box to be back', timeoutMs: 120_000, everyMs: 100 },
    );
    const again: string = (await here('POST', '/auth/login', { body: OWNER })).body.accessToken;
    expect((await here('GET', `/documents/${id}`, { as: again })).body).toMatchObject({ filename: 'pump.txt', status: 'indexed' });
    await waitFor(async () => (await here('POST', '/search', { as: again, body: { query: 'Kestrel warranty' } })).body.items?.[0]?.text.includes('42 months'), {
      what: 'the first answer',
      timeoutMs: 60_000,
      everyMs: 100,
    });
    console.log(`bare machine to the first found passage: ${((performance.now() - began) / 1000).toFixed(1)} s`);
    expect((await ask({})).status).toBe(409);
  }, 300_000);
});
