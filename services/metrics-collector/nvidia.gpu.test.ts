import { describe, expect, test } from 'vitest';
import { silentLogger } from '#kit';
import { waitFor } from '../../test/support/wait.ts';
import { findTool, openSources } from './sources/index.ts';
import { createSampler } from './take-sample.ts';

const PATH = process.env.PATH ?? '';

describe.runIf(findTool('nvidia-smi', PATH) !== null)('on a machine with an NVIDIA driver: its GPU is measured by one long-running nvidia-smi', () => {
  test('load, memory, temperature and name arrive, again and again', async () => {
    const machine = openSources({ intervalMs: 1000, path: PATH, processes: () => [], monotonicMs: () => performance.now(), log: silentLogger });
    try {
      const take = createSampler(machine.sources, silentLogger);
      const first = await waitFor(
        async () => {
          const sample = await take(Date.now());
          return sample.gpu.length > 0 ? sample : null;
        },
        { what: 'a first reading of the GPU', timeoutMs: 25_000, everyMs: 200 },
      );
      expect(first.gpu[0]).toMatchObject({ device: 'gpu0', percent: expect.any(Number), memoryTotalBytes: expect.any(Number) });
      expect(first.gpu[0]!.memoryTotalBytes).toBeGreaterThan(first.gpu[0]!.memoryUsedBytes!);
      expect(first.temperature.find(({ sensor }) => sensor === 'gpu0')?.celsius).toBeGreaterThan(0);
      expect(machine.nvidia?.gpus()[0]?.name).toMatch(/\w/);
      // Three intervals later the value is still fresh, so new lines do arrive and are not held back in a pipe's buffer.
      await new Promise((resolve) => setTimeout(resolve, 3500));
      expect((await take(Date.now())).gpu).toHaveLength(first.gpu.length);
    } finally {
      machine.close();
    }
  }, 60_000);
});
