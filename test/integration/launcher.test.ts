import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitFor } from '../support/wait.ts';
import { buildTestBox, isRoot, newDataDir, processesNaming, startBox, type TestBox } from './launcher/box.ts';

beforeAll(buildTestBox, 60_000);

/** The data of all boxes but nobody's: making a database takes longer than all else here. */
const ours = newDataDir();
afterAll(ours.remove);

const gone = (dataDir: string): Promise<boolean> => waitFor(() => processesNaming(dataDir).length === 0, { what: 'all processes to be gone' });

describe.each(isRoot ? ['root', 'a user'] : ['a user'])('started by %s', (who) => {
  const asNobody = isRoot && who === 'a user';
  const data = asNobody ? newDataDir({ asNobody }) : ours;
  if (asNobody) afterAll(data.remove);
  let firstCode: string | undefined;

  test('says where it is and the one-time code, and Ctrl-C ends it cleanly', async () => {
    const box = await startBox({ dataDir: data.path, asNobody });
    await box.ready();
    expect(box.output()).toContain(`http://localhost:${box.port}`);
    firstCode = /code[^\n]{0,80}?\b([A-Z0-9]{4}-[A-Z0-9]{4})\b/i.exec(box.output())?.[1];
    expect(readFileSync(join(data.path, 'secrets/setup-code'), 'utf8')).toBe(firstCode);
    await waitFor(() => box.service('model-runtime')?.state === 'ready', { what: 'all services' });
    expect(box.state().services.map(({ name, state }) => [name, state])).toEqual([
      ['postgres', 'ready'],
      ['dashboard-backend', 'ready'],
      ['metrics-collector', 'ready'],
      ['model-runtime', 'ready'],
    ]);
    expect(box.service('metrics-collector')?.pid).toBe(box.service('dashboard-backend')?.pid);
    expect(await box.stop()).toBe(0);
    await gone(data.path);
    expect(readdirSync(join(data.path, 'run')).sort()).toEqual(['state.json']);
  }, 60_000);

  test('keeps its secrets and data from others', () => {
    for (const name of ['secrets', 'logs', 'objects', 'postgres']) expect(statSync(join(data.path, name)).mode & 0o077, name).toBe(0);
    for (const name of readdirSync(join(data.path, 'secrets'))) expect(statSync(join(data.path, 'secrets', name)).mode & 0o777, name).toBe(0o600);
    expect(statSync(join(data.path, 'postgres')).uid === 0).toBe(false);
  });

  test('kill -9 of the launcher leaves no process, and the next start takes over with a new code', async () => {
    const killed = await startBox({ dataDir: data.path, asNobody });
    await killed.ready();
    killed.signal('SIGKILL');
    await gone(data.path);
    const box = await startBox({ dataDir: data.path, port: killed.port, asNobody });
    await box.ready();
    expect(await box.get('/')).toBe(200);
    expect(box.output()).not.toContain(firstCode);
    expect(await box.stop()).toBe(0);
  }, 60_000);
});

describe('a running box', () => {
  const data = ours;
  let box: TestBox;
  beforeAll(async () => {
    box = await startBox({ dataDir: data.path, options: ['--split'], env: { TEST_COMPLAINT: 'The disk is slow.' } });
    await box.ready();
    await waitFor(() => box.service('model-runtime')?.state === 'ready', { what: 'all services' });
  }, 60_000);
  afterAll(async () => {
    await box.stop();
  });

  test('gives each service a process of its own when asked to', () => {
    expect(new Set(box.state().services.map(({ pid }) => pid)).size).toBe(4);
  });

  test('refuses a second start on the same data with a sentence, and goes on', async () => {
    const second = await startBox({ dataDir: data.path });
    expect(await second.exited).toBe(1);
    expect(second.output()).toContain(`already running (pid ${box.pid}) at http://localhost:${box.port}`);
    expect(await box.get('/')).toBe(200);
  });

  test('starts a killed service again and says so', async () => {
    const before = box.service('metrics-collector')?.pid;
    process.kill(before!, 'SIGKILL');
    const after = await box.healed('metrics-collector', before);
    expect(after).toMatchObject({ restarts: 1, lastError: expect.stringContaining('was killed') as string });
    await waitFor(() => box.output().includes('metrics-collector is back'), { what: 'the line on the terminal' });
  });

  test('starts a crashed service again and keeps its reason', async () => {
    const before = box.service('dashboard-backend')?.pid;
    await box.get('/crash');
    const after = await box.healed('dashboard-backend', before);
    expect(after.lastError).toContain('asked to crash');
    expect(await box.get('/')).toBe(200);
  });

  test('starts a killed database again, and the services find it', async () => {
    const [database, dashboard] = [box.service('postgres')?.pid, box.service('dashboard-backend')?.pid];
    process.kill(database!, 'SIGKILL');
    await box.healed('postgres', database);
    await waitFor(async () => (await box.get('/')) === 200, { what: 'the service to reach the database' });
    expect(box.service('dashboard-backend')?.pid).toBe(dashboard);
  });

  test('passes on what a running service complains about', async () => {
    await waitFor(() => box.service('dashboard-backend')?.lastError === 'The disk is slow.', { what: 'the complaint' });
    expect(box.service('dashboard-backend')?.state).toBe('ready');
  });
});

describe('a start that cannot succeed says why, and changes nothing', () => {
  const data = newDataDir(); // never made

  /** Starts with `env`, expects the exit code 1, and returns what was said. */
  const refusal = async (options: Parameters<typeof startBox>[0]): Promise<string> => {
    const box = await startBox(options);
    expect(await box.exited).toBe(1);
    return box.output();
  };

  test('the port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, resolve));
    const { port } = other.address() as AddressInfo;
    expect(await refusal({ dataDir: data.path, port })).toMatch(new RegExp(`^Port ${port} is taken by another program\\..*ARASUL_PORT=\\d+ npm start`));
    expect(existsSync(data.path)).toBe(false);
    other.close();
  });

  test('settings are wrong', async () => {
    expect(await refusal({ dataDir: data.path, env: { ARASUL_PORT: 'eighty' } })).toContain('ARASUL_PORT: must be a number');
    expect(await refusal({ dataDir: data.path, env: { ARASUL_HOST: '203.0.113.9' } })).toContain('no address of this machine');
    expect(await refusal({ dataDir: data.path, options: ['--fast'] })).toContain('“--fast” is not known');
    expect(existsSync(data.path)).toBe(false);
  });

  test('the folder belongs to somebody else, or cannot be written', async () => {
    const home = newDataDir();
    writeFileSync(join(home.path, '..', 'holiday.jpg'), '');
    expect(await refusal({ dataDir: join(home.path, '..') })).toContain('“holiday.jpg”');
    expect(await refusal({ dataDir: '/proc/arasul', asNobody: isRoot })).toMatch(/cannot be written by this user.*ARASUL_DATA_DIR/);
    expect(readdirSync(join(home.path, '..'))).toEqual(['holiday.jpg']);
    home.remove();
  });

  test('a service names a setting that is wrong: no restart is tried, and the database ends as well', async () => {
    const said = await refusal({ dataDir: ours.path, env: { TEST_BROKEN: '1' } });
    expect(said).toContain('TEST_BROKEN is set. Unset it.');
    expect(said).not.toContain('Starting it again');
    await gone(ours.path);
  }, 60_000);

  test('the data is of a newer release', async () => {
    const format = join(ours.path, 'FORMAT');
    const own = readFileSync(format, 'utf8');
    writeFileSync(format, JSON.stringify({ format: 99, writtenBy: '9.0.0' }));
    expect(await refusal({ dataDir: ours.path })).toContain('written by a newer release (Arasul 9.0.0)');
    writeFileSync(format, own);
  });

  test('pid files of a machine that lost its power mean nothing, even when the numbers are in use again', async () => {
    const reused = String(process.pid);
    writeFileSync(join(ours.path, 'postgres/postmaster.pid'), `${reused}\n${join(ours.path, 'postgres')}\n1700000000\n5432\n\n\n\nready   \n`);
    writeFileSync(join(ours.path, 'run/launcher.lock'), JSON.stringify({ pid: process.pid, identity: 'another-boot:1', url: 'http://localhost:8080' }));
    const box = await startBox({ dataDir: ours.path });
    await box.ready();
    expect(await box.stop()).toBe(0);
  }, 60_000);

  test('Ctrl-C in the middle of a start ends it cleanly', async () => {
    const box = await startBox({ dataDir: ours.path });
    await waitFor(() => box.service('postgres')?.state === 'starting' && box.state().pid === box.pid, { what: 'the database to begin' });
    expect(await box.stop()).toBe(0);
    await gone(ours.path);
  }, 60_000);
});
