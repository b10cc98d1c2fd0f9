import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { isRecoveryKey } from '#backup';
import type { BackupRunView, BackupsOverview, BackupView } from '#contracts';
import { createServiceGroup, silentLogger } from '#kit';
import { service } from '../../../services/backups/main.ts';
import { filesOf } from '../../support/backups.ts';
import { startBox, type Box, type Person } from '../../support/box.ts';
import { startIndexing, uploaded, whenDocument } from '../../support/indexing.ts';
import { waitFor } from '../../support/wait.ts';

/** The service as it runs in a box, with the process that does the work, on a real folder. */
describe('backups, from the dashboard', () => {
  let box: Box;
  let owner: Person;
  let indexing: Awaited<ReturnType<typeof startIndexing>>;
  let group: ReturnType<typeof createServiceGroup>;
  let folder: string;
  let targetId: string;

  const startService = async (): Promise<void> => {
    group = createServiceGroup({
      env: { ARASUL_DATA_DIR: box.dataDir, ARASUL_DATABASE_URL: box.database.url, ARASUL_DATABASE_ADMIN_URL: inject('postgres').adminUrl },
      logFor: () => silentLogger,
    });
    await group.start(service);
  };
  const call = (method: string, path: string, body?: object) => box.request(method, `/api/v1${path}`, { as: owner, body });
  const overview = async (): Promise<BackupsOverview> => (await call('GET', '/backups')).body;
  const backups = async (): Promise<BackupView[]> => (await call('GET', '/backups/list')).body.items;
  const ended = (id: string): Promise<BackupRunView> =>
    waitFor(async () => (await overview()).runs.find((run) => run.id === id && !['waiting', 'running'].includes(run.state)), {
      what: `the run ${id} to end`,
      timeoutMs: 90_000,
      everyMs: 100,
    });
  const run = async (kind: string, backupId?: string): Promise<BackupRunView> => {
    const { status, body } = await call('POST', '/backups/runs', { kind, targetId, backupId });
    expect(status).toBe(202);
    return ended(body.id);
  };

  beforeAll(async () => {
    // The service takes the product's folder from its entry, which here is the test runner's.
    process.argv[1] = join(process.cwd(), 'dist', 'child.js');
    box = await startBox();
    owner = await box.owner();
    indexing = await startIndexing(box);
    folder = await mkdtemp(join(tmpdir(), 'arasul-target-'));
    await whenDocument(box, owner, await uploaded(box, owner, 'pump.txt', 'The warranty of the Kestrel pump is 42 months from the day of delivery.'));
    await startService();
  });
  afterAll(async () => {
    await group?.stop();
    await indexing.stop();
    await box.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('a place that cannot be written, a schedule that is none and a folder twice are refused in a sentence', async () => {
    expect(await call('POST', '/backups/targets', { name: 'Stick', folder: '/no/such/folder' })).toMatchObject({
      status: 422,
      body: { error: { message: expect.stringContaining('There is no folder') } },
    });
    expect(await call('POST', '/backups/targets', { name: 'Stick', folder, schedule: 'every night' })).toMatchObject({
      status: 422,
      body: { error: { message: expect.stringContaining('is no schedule') } },
    });
    const { status, body } = await call('POST', '/backups/targets', { name: 'Stick', folder });
    expect([status, body.nextDueAt, body.freeBytes > 0]).toEqual([201, null, true]);
    targetId = body.id;
    expect((await call('POST', '/backups/targets', { name: 'Again', folder })).status).toBe(409);
    expect((await box.request('GET', '/api/v1/backups', { as: await box.user('user') })).status).toBe(403);
  });

  test('M11 a backup is made with its progress, then restored on trial by itself: only then it is called good', async () => {
    expect((await overview()).lastGood).toBeNull();
    const made = await run('backup');
    expect(made).toMatchObject({ state: 'done', requestedBy: 'owner', summary: expect.stringContaining('1 documents') });
    const good = await waitFor(async () => (await overview()).lastGood, { what: 'the restore on trial', timeoutMs: 90_000, everyMs: 100 });
    expect(good.id).toBe(made.backupId);
    expect(good.drillMs).toBeGreaterThan(0);
    expect(await backups()).toMatchObject([{ id: made.backupId, documents: 1, people: 2, drilledOk: true, opensWithRecoveryKey: false }]);
    expect(await box.rows('last_good_backup')).toMatchObject([{ id: made.backupId }]);
    await waitFor(async () => (await box.rows('maintenance_locks')).length === 0, { what: 'the lock to be given back' });
  });

  test('the recovery key is shown once; backups from then on open with it', async () => {
    const { status, body } = await call('POST', '/backups/recovery-key');
    expect([status, body.words.split(' ').length]).toEqual([201, 24]);
    expect(await isRecoveryKey(box.dataDir, body.words)).toBe(true);
    expect((await overview()).recoveryKeyMadeAt).not.toBeNull();
    expect(JSON.stringify(await box.rows('audit_log'))).not.toContain(body.words.split(' ').slice(0, 4).join(' '));
    await run('backup');
    expect((await backups())[0]).toMatchObject({ opensWithRecoveryKey: true });
  });

  test('two of one day leave the newest and the last good one; a damaged piece is found, told, and stored again', async () => {
    await run('backup');
    const kept = await backups();
    expect(kept.map(({ drilledOk }) => drilledOk)).toEqual([null, true]);
    expect((await filesOf(folder, 'backups')).length).toBe(2);

    const [victim] = await filesOf(folder, 'contents');
    await writeFile(victim!, 'rotten');
    const damaged = await run('verify', kept[0]!.id);
    const other = damaged.state === 'failed' ? damaged : await run('verify', kept[1]!.id);
    expect(other).toMatchObject({ state: 'failed', error: expect.stringContaining('damaged') });
    expect((await box.rows('notifications', { topic: 'backup.verification.failed' })).length).toBe(1);
    await run('backup');
    expect(await run('verify')).toMatchObject({ state: 'done', summary: expect.stringContaining('every hash is right') });
  });

  test('a run that was cut off is done again at the next start; its lock does not stay', async () => {
    await group.stop();
    const { body } = await call('POST', '/backups/runs', { kind: 'backup', targetId });
    expect((await call('POST', '/backups/runs', { kind: 'backup', targetId })).body.id).toBe(body.id);
    await box.database.db.updateTable('backup_runs').set({ state: 'running', attempts: 1 }).where('id', '=', body.id).execute();
    await box.database.db
      .insertInto('maintenance_locks')
      .values({ name: 'backup', holder: `run ${body.id}`, reason: 'a backup is made', until: new Date(Date.now() + 3 * 60_000) })
      .execute();
    await startService();
    expect(await ended(body.id)).toMatchObject({ state: 'done' });
  });

  test('a schedule makes one by itself; a folder that is away says so to people', async () => {
    const before = (await backups())[0]!.id;
    expect((await call('PATCH', `/backups/targets/${targetId}`, { schedule: '* * * * * *' })).body.nextDueAt).not.toBeNull();
    await waitFor(async () => (await backups())[0]?.id !== before, { what: 'the scheduled backup', timeoutMs: 60_000, everyMs: 100 });
    await call('PATCH', `/backups/targets/${targetId}`, { schedule: null });
    await waitFor(async () => (await overview()).runs.every(({ state }) => state !== 'waiting' && state !== 'running'), { what: 'quiet', timeoutMs: 60_000 });
    expect(await readdir(folder)).not.toEqual([]);
    await rm(folder, { recursive: true });
    expect((await overview()).targets[0]!.freeBytes).toBeNull();
    const failed = await run('backup');
    expect(failed).toMatchObject({ state: 'failed', error: expect.stringContaining('cannot be used') });
    expect((await box.rows('notifications', { topic: 'backup.failed' })).length).toBe(1);
  });
});
