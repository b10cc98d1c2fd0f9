import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { BackupRunView, BackupsOverview, BackupView } from '#contracts';
import { createServiceGroup, silentLogger } from '#kit';
import { service } from '../../../services/backups/main.ts';
import { runCommand } from '../../../scripts/arasul/main.ts';
import { startBox, type Box, type Person } from '../../support/box.ts';
import { uploaded } from '../../support/indexing.ts';
import { S3_KEYS, startS3Double } from '../../support/s3-double.ts';
import { waitFor } from '../../support/wait.ts';

/** A box whose originals lie in one bucket, and whose backups go to another. */
describe('backups into a bucket', () => {
  let server: Awaited<ReturnType<typeof startS3Double>>;
  let box: Box;
  let owner: Person;
  let group: ReturnType<typeof createServiceGroup>;
  let env: Record<string, string>;
  const call = (method: string, path: string, body?: object) => box.request(method, `/api/v1/backups${path}`, { as: owner, body });
  const address = () => `${server.url}/backups/box`;
  const overview = async (): Promise<BackupsOverview> => (await call('GET', '')).body;

  beforeAll(async () => {
    process.argv[1] = join(process.cwd(), 'dist', 'child.js'); // the service takes the product's folder from its entry
    server = await startS3Double();
    env = { ARASUL_S3_URL: `${server.url}/originals`, ARASUL_S3_ACCESS_KEY: S3_KEYS.accessKey, ARASUL_S3_SECRET_KEY: S3_KEYS.secretKey };
    box = await startBox({ env });
    owner = await box.owner();
    await uploaded(box, owner, 'pump.txt', 'The warranty of the Kestrel pump is 42 months from the day of delivery.');
    await mkdir(join(box.dataDir, 'secrets'), { recursive: true });
    group = createServiceGroup({
      env: { ARASUL_DATA_DIR: box.dataDir, ARASUL_DATABASE_URL: box.database.url, ARASUL_DATABASE_ADMIN_URL: inject('postgres').adminUrl, ...env },
      logFor: () => silentLogger,
    });
    await group.start(service);
  });
  afterAll(async () => {
    await group?.stop();
    await box.stop();
    await server.stop();
  });

  test('keys that are wrong, missing or for a folder are refused in a sentence; right ones are sealed and never shown', async () => {
    expect((await call('POST', '/targets', { name: 'Bucket', folder: address() })).body.error.message).toContain('takes an access key');
    expect((await call('POST', '/targets', { name: 'Bucket', folder: '/tmp', s3: S3_KEYS })).body.error.message).toContain('A folder takes no keys');
    expect(await call('POST', '/targets', { name: 'Bucket', folder: address(), s3: { ...S3_KEYS, secretKey: 'wrong' } })).toMatchObject({
      status: 503,
      body: { error: { code: 'backup_target_away' } },
    });
    const tell = new URL(address());
    tell.password = 'told-in-the-address';
    const told = await call('POST', '/targets', { name: 'Bucket', folder: tell.href, s3: S3_KEYS });
    expect([told.status, told.body.error.message]).toEqual([422, expect.stringContaining('without keys in it')]);
    expect(JSON.stringify([told.body, await box.rows('audit_log')])).not.toContain('told-in-the-address');
    const { status, body } = await call('POST', '/targets', { name: 'Bucket', folder: address(), s3: S3_KEYS });
    expect([status, body.kind, body.folder, body.freeBytes]).toEqual([201, 's3', address(), null]);
    expect(JSON.stringify([body, await overview(), await box.rows('backup_targets'), await box.rows('audit_log')])).not.toContain(S3_KEYS.secretKey);
    expect((await call('POST', '/targets', { name: 'Twice', folder: address(), s3: S3_KEYS })).status).toBe(409);
  });

  test('M11 a backup with the originals of the other bucket is made and restored on trial; nothing in it can be read by the server', async () => {
    const targetId = (await overview()).targets[0]!.id;
    const { body } = await call('POST', '/runs', { kind: 'backup', targetId });
    const ended = await waitFor(
      async () => (await overview()).runs.find(({ id, state }: BackupRunView) => id === body.id && ['done', 'failed'].includes(state)),
      {
        what: 'the backup',
        timeoutMs: 60_000,
        everyMs: 100,
      },
    );
    expect(ended).toMatchObject({ state: 'done', error: null });
    await waitFor(async () => (await overview()).lastGood, { what: 'the restore on trial', timeoutMs: 60_000, everyMs: 100 });
    const { items } = (await call('GET', '/list')).body as { items: BackupView[] };
    expect(items).toMatchObject([{ documents: 1, missing: 0, drilledOk: true }]);
    const kept = [...server.objects].filter(([key]) => key.includes('backups/'));
    expect(kept.length).toBeGreaterThan(3);
    for (const [, { body: bytes }] of kept) expect(bytes.includes('Kestrel')).toBe(false);
  });

  test('the command line lists and verifies what lies in the bucket', async () => {
    const lines: string[] = [];
    const run = (...words: string[]) =>
      runCommand({
        root: process.cwd(),
        env: {
          ...env,
          ARASUL_DATA_DIR: box.dataDir,
          ARASUL_BACKUP_S3_ACCESS_KEY: S3_KEYS.accessKey,
          ARASUL_BACKUP_S3_SECRET_KEY: S3_KEYS.secretKey,
        },
        words: ['backup', ...words],
        say: (line) => lines.push(line),
        complain: (line) => lines.push(line),
      });
    expect(await run('list', `--from=${address()}`)).toBe(0);
    expect(lines.join('\n')).toContain('“Arasul”, release 0.1.0');
    expect(await run('verify', `--from=${address()}`)).toBe(0);
  });
});
