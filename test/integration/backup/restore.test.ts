import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { drillBackup, findBackups, makeRecoveryKey, openBackup, prepareRestore, settleRestore, verifyBackup, type Manifest } from '#backup';
import { keepCanaryDocument } from '#canary';
import { createFsObjectStore, type BackupTarget } from '#clients';
import { openDatabase, selectAsAdministrator } from '#db';
import { silentLogger } from '#kit';
import { connectQueues, createJobs } from '#queue';
import { PASSWORD, startBox, type Box } from '../../support/box.ts';
import { backUp, boxKeyOf, filesOf, makeBackupFolder } from '../../support/backups.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { startIndexing, uploaded, whenDocument } from '../../support/indexing.ts';
import { waitFor } from '../../support/wait.ts';

const migrationsDir = 'postgres-init/migrations';
const { adminUrl } = inject('postgres');

let box: Box;
let folder: Awaited<ReturnType<typeof makeBackupFolder>>;
let words: string;
let manifest: Manifest;
let place: BackupTarget;
let documentId: string;

beforeAll(async () => {
  box = await startBox();
  const owner = await box.owner();
  const indexing = await startIndexing(box);
  documentId = await uploaded(box, owner, 'plan.txt', 'The ferry to Oxholm leaves at noon from the eastern pier.\n\nTickets are sold on board by the purser.');
  await whenDocument(box, owner, documentId);
  const connection = connectQueues({ url: box.database.url, log: silentLogger });
  await keepCanaryDocument({
    database: box.database,
    notifier: box.database.notifier(),
    jobs: createJobs({ connection, log: silentLogger }),
    objects: await createFsObjectStore({ folder: join(box.dataDir, 'objects'), reserveBytes: () => 0 }),
  });
  await waitFor(async () => (await box.rows('documents', { status: 'indexed' })).length === 2, { what: 'the box’s own document to be indexed' });
  await connection.close();
  await indexing.stop();
  ({ words } = await makeRecoveryKey(box.dataDir, await boxKeyOf(box)));
  folder = await makeBackupFolder();
  await backUp(box, folder.target);
  const [found] = await findBackups(folder.target);
  ({ manifest, place } = await openBackup(folder.target, found!, { words }));
});
afterAll(async () => {
  await box.stop();
  await folder.remove();
});

/** An empty box: a migrated database and a data folder. */
interface Empty {
  database: TestDatabase;
  dataDir: string;
  needs: { dataDir: string; url: string; adminUrl: string; migrationsDir: string };
}
const empties: Empty[] = [];
const makeEmpty = async (): Promise<Empty> => {
  const database = await createTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'arasul-restored-'));
  const empty = { database, dataDir, needs: { dataDir, url: database.url, adminUrl, migrationsDir } };
  empties.push(empty);
  return empty;
};
afterEach(async () => {
  for (const { database, dataDir } of empties.splice(0)) {
    await database.remove();
    await rm(dataDir, { recursive: true, force: true });
  }
});

/** What a box is, for a comparison: its people, its secrets, its scratch databases. */
const stateOf = async ({ database, dataDir }: Empty) => {
  const db = openDatabase({ url: database.url, log: silentLogger, max: 1 });
  try {
    const people = (await db.db.selectFrom('admin_users').select('username').execute()).map(({ username }) => username);
    const secrets = await readdir(join(dataDir, 'secrets')).catch(() => []);
    return { people, secrets: secrets.sort() };
  } finally {
    await db.close();
  }
};
const scratches = async (): Promise<string[]> =>
  (await selectAsAdministrator<{ datname: string }>(adminUrl, "select datname from pg_database where datname ~ '^arasul_(restore|drill|before)_'", [])).map(
    ({ datname }) => datname,
  );

describe('M11 restore drill', () => {
  test('a backup is restored beside the box, compared, asked for known passages, and taken away again, with its measured time', async () => {
    const drill = await drillBackup(place, manifest, { dataDir: box.dataDir, url: box.database.url, adminUrl, migrationsDir });
    expect(drill).toMatchObject({ rows: manifest.counts.rows, documents: 2, filesWritten: true });
    expect(drill.asked).toBeGreaterThanOrEqual(4); // the box's own questions, and a passage of the person's document
    expect(drill.found).toBe(drill.asked);
    expect(drill.tookMs).toBeGreaterThan(0);
    expect(await scratches()).toEqual([]);
    expect(await readdir(join(box.dataDir, 'restore'))).toEqual([]);
  });

  test('rows that are not those that were kept fail it', async () => {
    const wrong = { ...manifest, tables: manifest.tables.map((table) => (table.name === 'document_chunks' ? { ...table, rows: table.rows + 1 } : table)) };
    const drill = drillBackup(place, wrong, { dataDir: box.dataDir, url: box.database.url, adminUrl, migrationsDir });
    await expect(drill).rejects.toMatchObject({ code: 'backup_damaged', message: expect.stringContaining('document_chunks') });
    expect(await scratches()).toEqual([]);
  });

  test('known passages that are not found fail it', async () => {
    const wrong = { ...manifest, tables: manifest.tables.map((table) => (table.name === 'folders' ? { ...table, rows: 0, segments: [] } : table)) };
    const drill = drillBackup(place, wrong, { dataDir: box.dataDir, url: box.database.url, adminUrl, migrationsDir });
    await expect(drill).rejects.toMatchObject({ code: 'backup_damaged', message: expect.stringContaining('not found') });
  });
});

describe('a restore on an empty box', () => {
  test('brings people, documents, their originals and the keys back, with the words alone', async () => {
    const empty = await makeEmpty();
    await prepareRestore(place, manifest, empty.needs);
    expect((await stateOf(empty)).people).toEqual([]); // until it is settled, nothing has changed
    expect(await settleRestore(empty.needs)).toMatchObject({ backupId: manifest.id });
    expect(await scratches()).toEqual([]);
    const database = openDatabase({ url: empty.database.url, log: silentLogger });
    const restored = await startBox({
      beside: { database: { ...empty.database, ...database }, dataDir: empty.dataDir, clock: box.clock, known: { owner: undefined } },
    });
    try {
      const { status, body } = await restored.login('owner', PASSWORD);
      expect(status).toBe(200);
      const found = await restored.request('POST', '/api/v1/search', { as: body.accessToken, body: { query: 'When does the ferry to Oxholm leave?' } });
      expect(found.body.items[0]).toMatchObject({ documentId, filename: 'plan.txt' });
      const content = await restored.request('GET', `/api/v1/documents/${documentId}/content`, { as: body.accessToken });
      expect(content.body).toContain('eastern pier');
      // The restored box goes on with the same key, so its next backup copies nothing twice.
      expect(await boxKeyOf(restored)).toEqual(await boxKeyOf(box));
      const next = await backUp(restored, folder.target);
      expect(next.counts.newBytes).toBeLessThan(manifest.counts.bytes / 2);
      // Rows that are made now get numbers of their own.
      expect(
        (await restored.request('POST', '/api/v1/users', { as: body.accessToken, body: { username: 'new', role: 'user', password: PASSWORD } })).status,
      ).toBe(201);
    } finally {
      await restored.stop();
      await database.close();
    }
  });

  test.each([
    ['before the journal: the box is as it was', false],
    ['after the journal: the restore is finished', true],
  ])('a power cut %s', async (_when, isDone) => {
    const empty = await makeEmpty();
    const before = await stateOf(empty);
    await prepareRestore(place, manifest, empty.needs);
    const journal = join(empty.dataDir, 'restore', 'journal.json');
    if (!isDone) await rm(journal);
    await settleRestore(empty.needs);
    const after = await stateOf(empty);
    if (isDone) expect(after).toMatchObject({ people: ['owner'], secrets: expect.arrayContaining(['backup-key', 'jwt-secret']) });
    else expect(after).toEqual(before);
    expect(await scratches()).toEqual([]);
    expect(existsSync(join(empty.dataDir, 'restore'))).toBe(false);
  });

  test('a power cut in the middle of settling: it goes on from anywhere', async () => {
    const empty = await makeEmpty();
    await prepareRestore(place, manifest, empty.needs);
    const aside = join(empty.dataDir, 'restore');
    const saved = await readFile(join(aside, 'journal.json'));
    await settleRestore(empty.needs);
    // As after the databases were swapped and some of the keys moved, and before the journal was removed.
    const { mkdir } = await import('node:fs/promises');
    await mkdir(join(aside, 'secrets'), { recursive: true });
    await writeFile(join(aside, 'secrets', 'jwt-secret'), await readFile(join(box.dataDir, 'secrets', 'jwt-secret')));
    await writeFile(join(aside, 'journal.json'), saved);
    expect(await settleRestore(empty.needs)).toMatchObject({ backupId: manifest.id });
    expect((await stateOf(empty)).people).toEqual(['owner']);
    expect(await settleRestore(empty.needs)).toBeNull();
  });
});

describe('a restore that cannot be is a sentence, and leaves the box as it was', () => {
  const refused = async (code: string, of: Manifest, from: BackupTarget = place, migrations = migrationsDir) => {
    const empty = await makeEmpty();
    const before = await stateOf(empty);
    await expect(prepareRestore(from, of, { ...empty.needs, migrationsDir: migrations })).rejects.toMatchObject({ code });
    expect(await settleRestore(empty.needs)).toBeNull();
    expect(await stateOf(empty)).toEqual(before);
    expect(await scratches()).toEqual([]);
  };

  test('a wrong key', async () => {
    const [found] = await findBackups(folder.target);
    await expect(openBackup(folder.target, found!, { boxKey: Buffer.alloc(32, 9) })).rejects.toMatchObject({ code: 'recovery_key_wrong' });
  });

  test('the backup of a newer release', () => refused('backup_too_new', { ...manifest, migrations: [...manifest.migrations, '9999_from_the_future'] }));

  test('a disk without room', () => refused('disk_full', { ...manifest, objects: [{ path: 'aa/bb/cc', sha256: 'c', sizeBytes: 1e15 }] }));

  test('missing pieces', () =>
    refused('backup_damaged', manifest, { ...place, read: (name) => (name.startsWith('contents/') ? place.read(`${name}0`) : place.read(name)) }));

  test('flipped bits', async () => {
    const files = await filesOf(folder.folder, 'contents');
    for (const file of files) {
      const bytes = await readFile(file);
      await writeFile(file, Buffer.from(bytes).fill(bytes[bytes.length - 1]! ^ 1, bytes.length - 1));
    }
    await refused('backup_damaged', manifest);
    for (const file of files) {
      const bytes = await readFile(file);
      await writeFile(file, Buffer.from(bytes).fill(bytes[bytes.length - 1]! ^ 1, bytes.length - 1));
    }
    expect(await verifyBackup(place, manifest)).toMatchObject({ ok: true });
  });
});
