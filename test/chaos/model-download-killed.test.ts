import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ModelsAnswer } from '#contracts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { testModels, testModelsDir } from '../support/models.ts';
import { makeDataDir, startProduct, type Product } from '../support/product.ts';
import { waitFor } from '../support/wait.ts';

/** The default embedding model where the hub answers; here the hub serves a smaller one under its name. */
const DEFAULT = 'multilingual-e5-small';
const WEIGHTS = 'onnx/model_quantized.onnx';
const FILES = [WEIGHTS, 'tokenizer.json', 'tokenizer_config.json', 'config.json'];

describe('the model runtime is killed in the middle of a download', { timeout: 240_000 }, () => {
  let hub: TestHub;
  let product: Product;
  let remove: () => Promise<void>;
  let token = '';

  const model = async (): Promise<ModelsAnswer['items'][number] | undefined> => {
    const answer = await fetch(`${product.url}/api/v1/models`, { headers: { Authorization: `Bearer ${token}` } });
    return ((await answer.json()) as ModelsAnswer).items.find(({ id }) => id === DEFAULT);
  };

  beforeAll(async () => {
    const source = await testModelsDir();
    hub = await startTestHub({
      repo: 'Xenova/multilingual-e5-small',
      files: Object.fromEntries(FILES.map((path) => [path, join(source, testModels.embed.id, path)])),
    });
    hub.behave({ bytesPerSecond: 1_500_000 });
    const data = await makeDataDir();
    remove = data.remove;
    product = await startProduct({ dataDir: data.dataDir, env: { HF_ENDPOINT: hub.url, ARASUL_MODELS_DIR: undefined } });
    const answer = await fetch(`${product.url}/api/v1/setup`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ code: product.code, username: 'owner', password: 'correct-horse-battery' }),
    });
    token = ((await answer.json()) as { accessToken: string }).accessToken;
  }, 180_000);
  afterAll(async () => {
    await product.stop();
    await remove();
    await hub.close();
  });

  test('the box that was fresh a moment ago fetches its default, and goes on where the kill left it', async () => {
    await waitFor(async () => ((await model())?.download?.doneBytes ?? 0) > 2_000_000, { what: 'some megabytes', timeoutMs: 60_000, everyMs: 200 });
    await product.killPart('model-runtime');
    hub.behave({});
    await waitFor(async () => (await model())?.state === 'ready', { what: 'the model to be ready', timeoutMs: 90_000, everyMs: 200 });
    expect(hub.ranges.filter(({ path }) => path === WEIGHTS).at(-1)!.from).toBeGreaterThan(1_000_000);
    expect(await model()).toMatchObject({ active: true, error: null });
    const left = await readdir(join(product.dataDir, 'models', DEFAULT), { recursive: true });
    expect(left.filter((name) => name.includes('.part'))).toEqual([]);
  });
});
