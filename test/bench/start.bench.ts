import { readFile, readlink } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { makeDataDir, startProduct, type Product } from '../support/product.ts';
import { defineBench, percentile, type Figure } from './bench.ts';

const WARM_RUNS = 5;
const PAGE_KB = 4;

const secondsToLoginPage = async (dataDir: string): Promise<{ seconds: number; product: Product }> => {
  const began = performance.now();
  const product = await startProduct({ dataDir, env: { ARASUL_MODELS_DIR: dataDir, ARASUL_FETCH_MODELS: 'false' } });
  const page = await fetch(product.url);
  await page.text();
  return { seconds: (performance.now() - began) / 1000, product };
};

/** Resident kilobytes that are the process's own: shared pages (of Postgres' buffers, of the node binary) are counted once in `shared`. */
const residentMb = async (pid: number): Promise<number> => {
  const [, resident] = (await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ').map(Number);
  return ((resident ?? 0) * PAGE_KB) / 1024;
};

/** The launcher and all that descends from it, with what each was started as. */
const descendants = async (root: number): Promise<{ pid: number; command: string }[]> => {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => null);
    if (stat) parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const isBelow = (pid: number): boolean => pid === root || (pid > 1 && isBelow(parents.get(pid) ?? 0));
  const found = [...parents.keys()].filter(isBelow);
  return Promise.all(
    found.map(async (pid) => ({
      pid,
      command: `${(await readlink(`/proc/${pid}/exe`).catch(() => '')).split('/').at(-1)} ${(await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ')}`,
    })),
  );
};

const nameOf = (command: string): string | null => {
  if (command.startsWith('postgres')) return 'PostgreSQL (sum, shared buffers counted in each)';
  if (command.includes('model-runtime')) return 'model-runtime (no model loaded)';
  if (command.includes('dashboard-backend')) return 'core';
  if (command.startsWith('node')) return 'launcher';
  return null;
};

export default defineBench({
  name: 'start and memory',
  about: 'From `npm start`, installed and built, to the login page; and resident memory once idle. No model is loaded.',
  async measure() {
    const data = await makeDataDir();
    try {
      const cold = await secondsToLoginPage(data.dataDir);
      await cold.product.stop();
      const warm: number[] = [];
      for (let run = 0; run < WARM_RUNS; run += 1) {
        const { seconds, product } = await secondsToLoginPage(data.dataDir);
        warm.push(seconds);
        if (run < WARM_RUNS - 1) {
          await product.stop();
          continue;
        }
        await new Promise((resolve) => setTimeout(resolve, 10_000)); // until start-up's garbage is gone
        const sums = new Map<string, number>();
        const { pid } = await product.state();
        for (const { pid: part, command } of await descendants(pid)) {
          const name = nameOf(command);
          if (name) sums.set(name, (sums.get(name) ?? 0) + (await residentMb(part)));
        }
        await product.stop();
        const controlPlane = (sums.get('core') ?? 0) + (sums.get('launcher') ?? 0);
        return [
          { name: 'cold start: empty data folder', value: cold.seconds, unit: 's' },
          { name: `warm start, median of ${WARM_RUNS}`, value: percentile(warm, 0.5), unit: 's', goal: { atMost: 3, text: '<= 3 s' } },
          ...[...sums].map(([name, value]) => ({ name: `resident: ${name}`, value, unit: 'MB' })),
          { name: 'resident: control plane in all', value: controlPlane, unit: 'MB', goal: { atMost: 300, text: '<= 300 MB' } },
        ] satisfies Figure[];
      }
      throw new Error('unreachable: the last run returns');
    } finally {
      await data.remove();
    }
  },
});
