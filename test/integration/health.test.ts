import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LauncherState } from '#contracts';
import { startBox, type Box } from '../support/box.ts';

const at = new Date().toISOString();
const service = (name: string, state: LauncherState['services'][number]['state']) => ({
  name,
  state,
  pid: 4711,
  since: at,
  restarts: 0,
  lastError: 'a path: /secret/place',
});

describe('health', () => {
  let box: Box;
  let folder: string;
  const write = (...services: LauncherState['services']) =>
    writeFile(
      join(folder, 'state.json'),
      JSON.stringify({ version: '0.1.0', pid: 1, startedAt: at, port: 8080, addresses: [], services } satisfies LauncherState),
    );

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'arasul-state-'));
    box = await startBox({ stateFile: join(folder, 'state.json') });
  });
  afterAll(async () => {
    await box.stop();
    await rm(folder, { recursive: true });
  });

  test('it is ready before the launcher wrote anything', async () => {
    expect(await box.request('GET', '/health/ready')).toMatchObject({
      status: 200,
      body: {
        status: 'ready',
        parts: [
          { name: 'postgres', state: 'ready' },
          { name: 'dashboard-backend', state: 'ready' },
        ],
      },
    });
    expect(await box.request('GET', '/health/live')).toMatchObject({ status: 200, body: { status: 'live' } });
  });

  test('a part that is away makes it degraded, not unavailable; nothing but names and states is told', async () => {
    await write(service('postgres', 'ready'), service('dashboard-backend', 'starting'), service('model-runtime', 'failed'));
    const answer = await box.request('GET', '/health');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      status: 'degraded',
      parts: [
        { name: 'postgres', state: 'ready' },
        { name: 'dashboard-backend', state: 'ready' },
        { name: 'model-runtime', state: 'failed' },
      ],
    });
  });
});

test('without a database it says so with 503 and Retry-After', async () => {
  const box = await startBox();
  try {
    await box.database.remove();
    const answer = await box.request('GET', '/health/ready');
    expect(answer).toMatchObject({ status: 503, body: { status: 'unavailable' } });
    expect(answer.headers.get('retry-after')).toBe('2');
    expect(await box.request('GET', '/health/live')).toMatchObject({ status: 200 });
  } finally {
    await box.stop().catch(() => undefined);
  }
});
