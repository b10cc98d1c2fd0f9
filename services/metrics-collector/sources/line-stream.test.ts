import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLogger } from '#kit';
import { waitFor } from '../../../test/support/wait.ts';
import { findTool } from './find-tool.ts';
import { nvidiaSource } from './nvidia.ts';
import { tegrastatsSource } from './tegrastats.ts';

/** Real processes that print what the real tools print, since this machine may have neither. */
let folder: string;
const tool = async (name: string, script: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
};
const fixture = (name: string): string => new URL(`../fixtures/${name}`, import.meta.url).pathname;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'arasul-tools-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.skipIf(process.platform === 'win32')('tools that run on', () => {
  test('nvidia-smi: the newest line of each card, until it is old', async () => {
    let now = 0;
    const command = await tool('nvidia-smi', `cat ${fixture('workstation/nvidia-smi.csv')}; exec sleep 60`);
    const source = nvidiaSource({ command, intervalMs: 1000, monotonicMs: () => now, log: silentLogger });
    try {
      const reading = await waitFor(async () => ((await source.read())?.gpu?.length === 2 ? source.read() : null), { what: 'two cards' });
      expect(reading).toMatchObject({
        gpu: [
          { device: 'gpu0', percent: 37 },
          { device: 'gpu1', percent: 0 },
        ],
        temperature: [
          { sensor: 'gpu0', celsius: 58 },
          { sensor: 'gpu1', celsius: 34 },
        ],
      });
      expect(source.gpus()).toEqual([
        { device: 'gpu0', name: 'NVIDIA GeForce RTX 4090', memoryBytes: 24564 * 2 ** 20 },
        { device: 'gpu1', name: 'NVIDIA RTX A2000 12GB', memoryBytes: 12282 * 2 ** 20 },
      ]);
      now = 3_000; // no new line for three intervals: a tool that hangs, and a value that is no longer true
      expect(await source.read()).toEqual({ gpu: [], temperature: [] });
    } finally {
      source.close?.();
    }
  });

  test('tegrastats: load always, temperatures only where the kernel does not tell them', async () => {
    const command = await tool('tegrastats', `cat ${fixture('tegrastats-orin.txt')}; exec sleep 60`);
    const open = (withTemperature: boolean) => tegrastatsSource({ command, intervalMs: 1000, monotonicMs: () => 0, withTemperature, log: silentLogger });
    for (const [source, temperatures] of [
      [open(true), 6],
      [open(false), 0],
    ] as const) {
      try {
        const reading = await waitFor(() => source.read(), { what: 'a line' });
        expect(reading.gpu).toEqual([{ device: 'gpu0', percent: 61, memoryUsedBytes: null, memoryTotalBytes: null, powerWatts: 4.007 }]);
        expect(reading.temperature).toHaveLength(temperatures);
      } finally {
        source.close?.();
      }
    }
  });

  test('a tool that fails or is not there is told once and tried again later; nothing is measured', async () => {
    const told: unknown[] = [];
    const log = { ...silentLogger, warn: (fields: unknown) => void told.push(fields) } as typeof silentLogger;
    const failing = await tool('failing', 'echo "No devices were found" >&2; exit 6');
    for (const [command, reason] of [
      [failing, 'exit 6'],
      [join(folder, 'nothing'), 'ENOENT'],
    ] as const) {
      const source = nvidiaSource({ command, intervalMs: 1000, monotonicMs: () => 0, log });
      await waitFor(() => told.length > 0, { what: 'a word about it' });
      expect(told.splice(0)).toEqual([expect.objectContaining({ command, reason: expect.stringContaining(reason), againInMs: 5_000 })]);
      expect(await source.read()).toEqual({ gpu: [], temperature: [] });
      source.close?.();
    }
  });

  test('a tool is found on PATH, and only when it may be run', async () => {
    await tool('mine', 'true');
    await writeFile(join(folder, 'not-a-program'), '');
    expect(findTool('mine', `/nowhere:${folder}`)).toBe(join(folder, 'mine'));
    expect(findTool('not-a-program', folder)).toBeNull();
  });
});
