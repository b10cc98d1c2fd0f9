import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import express from 'express';
import { createServiceGroup, silentLogger } from '#kit';
import { startBackend, type Backend } from '../../services/dashboard-backend/backend.ts';
import { setupCodePath } from '../../services/dashboard-backend/features/setup/index.ts';
import { defineBench, type Figure } from './bench.ts';
import { withScratchDatabase, type Scratch } from './scratch-database.ts';

const CONNECTIONS = 16;
const SECONDS = 2;
const ROUNDS = 7;

/** Requests a second, made by another process, so that the load does not share the servers' thread. */
const load = async (url: string, token: string): Promise<number> => {
  const flags = [
    'node_modules/autocannon/autocannon.js',
    '-j',
    '-n',
    '-c',
    String(CONNECTIONS),
    '-d',
    String(SECONDS),
    '-H',
    `authorization=Bearer ${token}`,
    url,
  ];
  const { stdout } = await promisify(execFile)(process.execPath, flags, { maxBuffer: 2 ** 24 });
  const result = JSON.parse(stdout) as { requests: { average: number }; non2xx: number; errors: number };
  if (result.non2xx + result.errors > 0) throw new Error(`${url}: ${result.non2xx} refused, ${result.errors} failed`);
  return result.requests.average;
};

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

const withBox = async <T>({ database, dataDir }: Scratch, work: (url: string, token: string) => Promise<T>): Promise<T> => {
  let backend!: Backend;
  const config = {
    dataDir,
    databaseUrl: database.url,
    host: '127.0.0.1',
    port: 0,
    stateFile: null,
    publicDir: null,
    productDir: '.',
    redisUrl: undefined,
    runtime: { url: '', token: '' },
  };
  const group = createServiceGroup({ env: {}, logFor: () => silentLogger });
  await group.start({ name: 'dashboard-backend', start: async (host) => (backend = await startBackend(host, config)) });
  try {
    const url = `http://127.0.0.1:${backend.port}`;
    await mkdir(dirname(setupCodePath(dataDir)), { recursive: true });
    await writeFile(setupCodePath(dataDir), 'AAAA-BBBB');
    const body = JSON.stringify({ code: 'AAAA-BBBB', username: 'owner', password: 'Tr0ub4dour-and-3-horses' });
    const answer = await fetch(`${url}/api/v1/setup`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return await work(url, ((await answer.json()) as { accessToken: string }).accessToken);
  } finally {
    await group.stop();
  }
};

/** Express with one route that answers the same JSON, and nothing else. */
const withBareExpress = async <T>(payload: unknown, work: (url: string) => Promise<T>): Promise<T> => {
  const server = createServer(express().get('/read', (_request, response) => void response.json(payload)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/read`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
};

const compare = async (path: string, url: string, token: string): Promise<Figure> => {
  const payload: unknown = await (await fetch(url + path, { headers: { authorization: `Bearer ${token}` } })).json();
  return withBareExpress(payload, async (bare) => {
    await load(url + path, token);
    await load(bare, token);
    const rounds: { ours: number; bare: number }[] = [];
    // One after the other, many times: whatever else the machine does hits both.
    for (let round = 0; round < ROUNDS; round += 1) rounds.push({ ours: await load(url + path, token), bare: await load(bare, token) });
    const ratio = median(rounds.map((round) => round.ours / round.bare));
    const reference = median(rounds.map((round) => round.bare));
    return {
      name: `GET ${path}`,
      value: ratio * reference,
      unit: 'requests/s',
      reference: { name: 'bare Express, same JSON', value: reference },
      goal: { atLeast: 0.85, text: '>= 0.85x' },
    };
  });
};

export default defineBench({
  name: 'authenticated read',
  about: `A signed-in read (token, role, validation, security headers, metrics) against one bare Express route with the same JSON; ${CONNECTIONS} connections, median of ${ROUNDS} pairs of ${SECONDS} s.`,
  measure: () =>
    withScratchDatabase((scratch) =>
      withBox(scratch, async (url, token) => [await compare('/api/v1/auth/me', url, token), await compare('/api/v1/settings', url, token)]),
    ),
});
