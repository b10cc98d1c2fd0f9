import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeDataDir, startProduct, type Product } from '../support/product.ts';
import { waitFor } from '../support/wait.ts';

const OWNER = { username: 'owner', password: 'correct-horse-battery' };

describe('Postgres is killed while people work', () => {
  let product: Product;
  let remove: () => Promise<void>;
  let token = '';

  const call = async (path: string): Promise<{ status: number; retryAfter: string | null }> => {
    const answer = await fetch(product.url + path, { headers: { Authorization: `Bearer ${token}` } });
    await answer.arrayBuffer();
    return { status: answer.status, retryAfter: answer.headers.get('retry-after') };
  };

  beforeAll(async () => {
    const data = await makeDataDir();
    remove = data.remove;
    product = await startProduct({ dataDir: data.dataDir, env: { ARASUL_MODELS_DIR: data.dataDir } });
    const answer = await fetch(`${product.url}/api/v1/setup`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ code: product.code, ...OWNER }),
    });
    token = ((await answer.json()) as { accessToken: string }).accessToken;
  }, 180_000);
  afterAll(async () => {
    await product.stop();
    await remove();
  });

  test('reads wait or are told to come back, then all goes on; no sample is lost', async () => {
    const answers: { status: number; retryAfter: string | null }[] = [];
    let going = true;
    const readers = Array.from({ length: 8 }, async () => {
      while (going) answers.push(await call('/api/v1/documents'));
    });
    await waitFor(() => answers.length > 50, { what: 'load' });
    await product.killPart('postgres');
    const before = answers.length;
    await waitFor(() => answers.slice(before).filter(({ status }) => status === 200).length > 50, { what: 'reads to go on', timeoutMs: 30_000 });
    going = false;
    await Promise.all(readers);
    expect(new Set(answers.map(({ status }) => status).filter((status) => status !== 200 && status !== 503))).toEqual(new Set());
    for (const { status, retryAfter } of answers) if (status === 503) expect(retryAfter).not.toBeNull();

    const from = new Date(Date.now() - 10 * 60_000).toISOString();
    const series = async () => {
      const answer = await fetch(`${product.url}/api/v1/metrics/series?metric=cpu&from=${from}&points=1000`, { headers: { Authorization: `Bearer ${token}` } });
      return (await answer.json()) as { series: { points: { t: string; mean: number | null }[] }[] };
    };
    // Two more samples after the kill, then no hole wider than two intervals between any two that were taken.
    const taken = await waitFor(
      async () => {
        const times = ((await series()).series[0]?.points ?? []).filter(({ mean }) => mean !== null).map(({ t }) => Date.parse(t));
        return times.length >= 4 ? times : null;
      },
      { what: 'samples', timeoutMs: 60_000, everyMs: 500 },
    );
    const widest = Math.max(...taken.slice(1).map((t, i) => t - taken[i]!));
    expect(widest).toBeLessThanOrEqual(10_500);
  }, 120_000);
});
