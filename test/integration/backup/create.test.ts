import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBackups, makeRecoveryKey, openBackup, verifyBackup } from '#backup';
import { pathOf, type BackupTarget } from '#clients';
import { startBox, type Box } from '../../support/box.ts';
import { backUp, boxKeyOf, filesOf, makeBackupFolder } from '../../support/backups.ts';
import { uploaded } from '../../support/indexing.ts';

let box: Box;
let place: Awaited<ReturnType<typeof makeBackupFolder>>;
beforeAll(async () => {
  box = await startBox();
  const owner = await box.owner();
  await uploaded(box, owner, 'plan.txt', 'The ship leaves at noon.');
  await uploaded(box, owner, 'menu.txt', 'Soup on Mondays.');
  place = await makeBackupFolder();
});
afterAll(async () => {
  await box.stop();
  await place.remove();
});

const open = async (id: string) => {
  const found = (await findBackups(place.target)).find((one) => one.id === id);
  return openBackup(place.target, found!, { boxKey: await boxKeyOf(box) });
};
const check = async (id: string, options = {}) => {
  const { manifest, place: own } = await open(id);
  return verifyBackup(own, manifest, options);
};

describe('a backup', () => {
  test('holds the rows, the originals and the keys, and nothing of them can be read in its files', async () => {
    const made = await backUp(box, place.target);
    expect(made.counts).toMatchObject({ documents: 2, people: 1 });
    const { manifest } = await open(made.id);
    expect(manifest).toEqual(made);
    expect(manifest.tables.find(({ name }) => name === 'documents')).toMatchObject({ rows: 2 });
    expect(manifest.objects).toHaveLength(2);
    expect(manifest.secrets.map(({ path }) => path)).toEqual(expect.arrayContaining(['backup-key', 'jwt-secret', 'master-key']));
    expect(manifest.secrets.map(({ path }) => path)).not.toContain('setup-code');
    expect(manifest.tables.map(({ name }) => name)).not.toContain('active_sessions');
    expect(await check(made.id)).toMatchObject({ ok: true, damaged: 0 });
    for (const file of [...(await filesOf(place.folder, 'contents')), ...(await filesOf(place.folder, 'backups'))]) {
      const bytes = await readFile(file);
      for (const planted of ['The ship leaves', 'plan.txt', 'owner', 'tables']) expect(bytes.includes(planted), `${planted} in ${file}`).toBe(false);
    }
  });

  test('the second copies only what changed', async () => {
    const first = await backUp(box, place.target);
    const second = await backUp(box, place.target);
    expect(second.counts.newBytes).toBe(0);
    expect(second.counts.bytes).toBe(first.counts.bytes);
    await uploaded(box, await box.owner(), 'more.txt', 'Bread on Tuesdays.');
    const third = await backUp(box, place.target);
    expect(third.counts.newBytes).toBeGreaterThan(0);
    expect(third.counts.newBytes).toBeLessThan(first.counts.bytes);
  });

  test('shows one instant: rows that are written meanwhile are not in it', async () => {
    let told = false;
    const made = await backUp(box, place.target, {
      onProgress: () => {
        if (told) return;
        told = true;
        void box.database.db.insertInto('app_settings').values({ key: 'test.late', value: '1' }).execute();
      },
    });
    expect(made.tables.find(({ name }) => name === 'app_settings')).toMatchObject({ rows: 0 });
  });

  test('opens with the words of the recovery key, also for what was stored before there was one', async () => {
    const { words } = await makeRecoveryKey(box.dataDir, await boxKeyOf(box));
    const made = await backUp(box, place.target);
    const found = (await findBackups(place.target)).find(({ id }) => id === made.id)!;
    const opened = await openBackup(place.target, found, { words });
    expect(await verifyBackup(opened.place, opened.manifest)).toMatchObject({ ok: true });
    expect((await readFile(join(box.dataDir, 'secrets', 'recovery-recipient'), 'utf8')).includes(words.split(' ')[0]!)).toBe(false);
  });

  test('one that was cut short does not exist, and its pieces are used by the next', async () => {
    const aside = await makeBackupFolder();
    const stop = new AbortController();
    const onProgress = ({ phase }: { phase: string }) => void (phase === 'secrets' && stop.abort(new Error('cut')));
    await expect(backUp(box, aside.target, { signal: stop.signal, onProgress })).rejects.toThrow('cut');
    expect(await findBackups(aside.target)).toEqual([]);
    await backUp(box, aside.target);
    expect(await findBackups(aside.target)).toHaveLength(1);
    await aside.remove();
  });

  test('a full disk in the middle is a sentence; what is there stays whole', async () => {
    const before = await findBackups(place.target);
    let left = 3;
    const full: BackupTarget = {
      ...place.target,
      async write(name, content) {
        if ((left -= 1) >= 0) return place.target.write(name, content);
        throw Object.assign(new Error('disk full'), { code: 'disk_full' });
      },
    };
    await uploaded(box, await box.owner(), 'big.txt', 'x'.repeat(50_000));
    await box.database.db.insertInto('app_settings').values({ key: 'test.more', value: '2' }).execute();
    await expect(backUp(box, { ...full, has: () => Promise.resolve(false) })).rejects.toMatchObject({ code: 'disk_full' });
    expect(await findBackups(place.target)).toEqual(before);
    expect(await check(before[0]!.id)).toMatchObject({ ok: true });
  });

  test('a folder that is not there is said, and not made', async () => {
    const { createFolderTarget } = await import('#clients');
    await expect(backUp(box, createFolderTarget('/tmp/arasul-no-such-stick'))).rejects.toMatchObject({ code: 'backup_target_away' });
  });

  test('an original that this box lost, or whose bytes rotted, does not keep the rest from being safe', async () => {
    const aside = await makeBackupFolder();
    const [rotten, lost] = (await box.rows('documents')) as { minio_path: string; sha256: string }[];
    const path = join(box.dataDir, 'objects', rotten!.minio_path);
    const bytes = await readFile(path);
    await writeFile(path, Buffer.alloc(bytes.length, 1));
    const lostPath = join(box.dataDir, 'objects', pathOf(lost!.sha256));
    const lostBytes = await readFile(lostPath);
    await rm(lostPath);
    const made = await backUp(box, aside.target);
    expect(made.missing.map(({ path: missing }) => missing).sort()).toEqual([rotten!.minio_path, lost!.minio_path].sort());
    expect(made.objects.length).toBeGreaterThan(0);
    await writeFile(path, bytes);
    await writeFile(lostPath, lostBytes);
    await aside.remove();
  });
});

describe('verifying', () => {
  test.each([
    ['a missing piece', (file: string) => rm(file), 'is missing'],
    ['a piece that was cut off', (file: string) => truncate(file, 100), 'not what was written'],
    [
      'a flipped bit',
      async (file: string) => {
        const bytes = await readFile(file);
        bytes[bytes.length - 20]! ^= 1;
        await writeFile(file, bytes);
      },
      'not what was written',
    ],
  ])('%s is found and named; once it is cleared the next backup stores it again', async (_what, harm, message) => {
    const made = await backUp(box, place.target);
    const files = await filesOf(place.folder, 'contents');
    await harm(files[Math.floor(files.length / 2)]!);
    // Contents of earlier backups lie there as well: harm one that this backup has.
    let result = await check(made.id, { clear: true });
    for (const file of files) {
      if (!result.ok) break;
      await harm(file);
      result = await check(made.id, { clear: true });
    }
    expect(result).toMatchObject({ ok: false, damaged: 1, problems: [expect.stringContaining(message)] });
    await backUp(box, place.target);
    expect(await check(made.id)).toMatchObject({ ok: true });
  });
});
