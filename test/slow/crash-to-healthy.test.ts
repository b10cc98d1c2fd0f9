import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeDataDir, startProduct, type Product } from '../support/product.ts';
import { waitFor } from '../support/wait.ts';

/** As many as the promise names; fewer for a quick look: `KILLS=10 npm run test:slow`. */
const KILLS = Number(process.env.KILLS ?? 100);
/** The supervisor gives a part up after ten ends within half an hour, so every so many kills the box is started afresh. */
const KILLS_PER_BOX = 8;
const PARTS = { core: 'dashboard-backend', 'model-runtime': 'model-runtime', postgres: 'postgres' } as const;

let product: Product;
let data: Awaited<ReturnType<typeof makeDataDir>>;
const fresh = async (): Promise<void> => {
  product = await startProduct({ dataDir: data.dataDir, env: { ARASUL_MODELS_DIR: data.dataDir } });
  await waitFor(async () => (await product.state()).services.every(({ state }) => state === 'ready'), { what: 'all parts', timeoutMs: 60_000 });
};
beforeAll(async () => {
  data = await makeDataDir();
  await fresh();
});
afterAll(async () => {
  await product.stop();
  await data.remove();
});

/** Breaks the part with `signal`; resolves with the milliseconds until it is ready under another process. */
const healAfter = async (service: string, signal: NodeJS.Signals): Promise<number> => {
  const find = async () => (await product.state()).services.find(({ name }) => name === service)!;
  const before = (await find()).pid!;
  const began = performance.now();
  process.kill(before, signal);
  await waitFor(
    async () => {
      const now = await find();
      return now.state === 'ready' && now.pid !== before;
    },
    { what: `${service} to be well again`, timeoutMs: 120_000, everyMs: 25 },
  );
  return performance.now() - began;
};
const at = (sorted: readonly number[], share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;

test.each(Object.entries(PARTS))(
  'every kill -9 of %s is healed',
  async (part, service) => {
    const times: number[] = [];
    for (let n = 0; n < KILLS; n += 1) {
      if (n > 0 && n % KILLS_PER_BOX === 0) {
        await product.stop();
        await fresh();
      }
      times.push(await healAfter(service, 'SIGKILL'));
    }
    times.sort((a, b) => a - b);
    console.log(
      JSON.stringify({
        part,
        kills: times.length,
        medianMs: Math.round(at(times, 0.5)),
        p95Ms: Math.round(at(times, 0.95)),
        worstMs: Math.round(times.at(-1)!),
      }),
    );
    expect(times).toHaveLength(KILLS);
    await product.stop();
    await fresh();
  },
  3_600_000,
);

test.each(Object.entries(PARTS))(
  '%s frozen by SIGSTOP is noticed and healed',
  async (part, service) => {
    const ms = await healAfter(service, 'SIGSTOP');
    console.log(JSON.stringify({ part, frozenToHealthyMs: Math.round(ms) }));
  },
  300_000,
);
