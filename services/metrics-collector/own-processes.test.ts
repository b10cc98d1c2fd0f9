import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LauncherState } from '#contracts';
import { createProcessList, processesOf } from './own-processes.ts';

const state = (services: { name: string; pid: number | null }[]): LauncherState => ({
  version: '1.0.0',
  pid: 10,
  startedAt: '2026-11-22T10:00:00Z',
  port: 8080,
  addresses: [],
  services: services.map((service) => ({ ...service, state: 'ready', since: '2026-11-22T10:00:00Z', restarts: 0, lastError: null })),
});

test('services that share a process are one line; one that does not run is none', () => {
  expect(
    processesOf([
      { name: 'postgres', pid: 11 },
      { name: 'llm-queue', pid: 12 },
      { name: 'metrics-collector', pid: 12 },
      { name: 'model-runtime', pid: null },
    ]),
  ).toEqual([
    { process: 'postgres', pid: 11 },
    { process: 'core', pid: 12 },
  ]);
});

test('the list follows the state file; half a file changes nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'arasul-state-'));
  const file = join(folder, 'state.json');
  let second = 0;
  const write = async (text: string) => {
    await writeFile(file, text);
    await utimes(file, new Date(), new Date((second += 1_000)));
  };
  const list = createProcessList(file);
  expect(list()).toEqual([{ process: 'core', pid: process.pid }]);
  await write(JSON.stringify(state([{ name: 'postgres', pid: 11 }])));
  expect(list()).toEqual([
    { process: 'postgres', pid: 11 },
    { process: 'launcher', pid: 10 },
  ]);
  await write('{"version":');
  expect(list()).toHaveLength(2);
  await write(JSON.stringify(state([{ name: 'postgres', pid: 77 }])));
  expect(list()[0]).toEqual({ process: 'postgres', pid: 77 });
  await rm(folder, { recursive: true });
});
