import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFolderTarget, createS3BackupTarget, s3Target, type BackupTarget } from '#clients';
import { isAppError } from '#kit';
import { S3_KEYS, startS3Double } from '../support/s3-double.ts';

interface Adapter {
  target: BackupTarget;
  /** The same place, as another process sees it. */
  again(): BackupTarget;
  /** Where contents wait until they are whole. */
  drafts: string;
  /** What was begun and not ended. */
  leftovers(): Promise<number>;
  /** A place that is not there. */
  missing(): BackupTarget;
  remove(): Promise<void>;
}

const adapters: Record<string, () => Promise<Adapter>> = {
  async 'a folder'() {
    const folder = await mkdtemp(join(tmpdir(), 'arasul-target-'));
    return {
      target: createFolderTarget(folder),
      again: () => createFolderTarget(folder),
      drafts: join(folder, '.incoming'),
      leftovers: async () => (await readdir(join(folder, '.incoming'))).length,
      missing: () => createFolderTarget('/tmp/arasul-no-such-place'),
      remove: () => rm(folder, { recursive: true, force: true }),
    };
  },
  async 'a bucket'() {
    const server = await startS3Double();
    const draftsDir = await mkdtemp(join(tmpdir(), 'arasul-drafts-'));
    const open = (keys = S3_KEYS as { accessKey: string; secretKey: string }) =>
      createS3BackupTarget({ target: s3Target(`${server.url}/arasul-backups/box`, keys), draftsDir, partBytes: 5 * 2 ** 20 });
    const target = open();
    await target.ensure();
    return {
      target,
      again: open,
      drafts: draftsDir,
      leftovers: async () => (await readdir(draftsDir)).length + server.uploads.size,
      missing: () => open({ accessKey: S3_KEYS.accessKey, secretKey: 'not the key' }),
      async remove() {
        await server.stop();
        await rm(draftsDir, { recursive: true, force: true });
      },
    };
  },
};

async function* parts(...pieces: (string | Buffer | Error)[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    if (piece instanceof Error) throw piece;
    yield await Promise.resolve(Buffer.from(piece));
  }
}
const namesOf = async (target: BackupTarget, prefix: string): Promise<string[]> => {
  const found: string[] = [];
  for await (const { name } of target.list(prefix)) found.push(name);
  return found.sort();
};

describe.each(Object.entries(adapters))('a place for backups: %s', (_, open) => {
  let adapter: Adapter;
  beforeAll(async () => {
    adapter = await open();
  });
  afterAll(() => adapter.remove());

  test('what was written and flushed is there, whole, for everybody', async () => {
    const { target, again } = adapter;
    expect(await target.write('box-1/contents/ab/one', parts('first ', 'and more'))).toBe(14);
    expect(await target.write('box-1/backups/list.age', parts('list'))).toBe(4);
    expect(await target.has('box-1/contents/ab/one')).toBe(true);
    await target.flush();
    const other = again();
    expect(await other.has('box-1/contents/ab/one')).toBe(true);
    expect(await other.has('box-1/contents/ab/two')).toBe(false);
    expect(await text(await other.read('box-1/contents/ab/one'))).toBe('first and more');
    expect(await namesOf(other, '')).toEqual(['box-1/backups/list.age', 'box-1/contents/ab/one']);
    expect(await namesOf(other, 'box-1/contents')).toEqual(['box-1/contents/ab/one']);
    for await (const { name, sizeBytes } of other.list('box-1/backups')) expect([name, sizeBytes]).toEqual(['box-1/backups/list.age', 4]);
  });

  test('a large content arrives as it was', async () => {
    const large = Buffer.alloc(11 * 2 ** 20, 'arasul');
    expect(await adapter.target.write('box-1/contents/cd/large', parts(large))).toBe(large.length);
    await adapter.target.flush();
    const read: Buffer[] = [];
    for await (const part of await adapter.again().read('box-1/contents/cd/large')) read.push(part as Buffer);
    expect(Buffer.concat(read).equals(large)).toBe(true);
  });

  test('a content that fails on the way is not there, and nothing of it stays', async () => {
    const { target, again, leftovers } = adapter;
    await expect(target.write('box-1/contents/ee/broken', parts('half', new Error('the source went away')))).rejects.toThrow('the source went away');
    await target.flush();
    expect([await again().has('box-1/contents/ee/broken'), await leftovers()]).toEqual([false, 0]);
  });

  test('what a killed write left two days ago is cleared by the next process that writes; what is fresh stays', async () => {
    const { again, drafts } = adapter;
    const twoDaysAgo = new Date(Date.now() - 2 * 24 * 3_600_000);
    for (const name of ['old', 'fresh']) await writeFile(join(drafts, name), 'half');
    await utimes(join(drafts, 'old'), twoDaysAgo, twoDaysAgo);
    const other = again();
    await other.write('box-1/contents/ff/next', parts('next'));
    await other.flush();
    expect(await readdir(drafts)).toEqual(['fresh']);
    await rm(join(drafts, 'fresh'));
  });

  test('what is missing is `not_found`; removing it is fine; a place that is away says so', async () => {
    const { target, missing } = adapter;
    await expect(target.read('box-1/contents/no')).rejects.toSatisfy((error) => isAppError(error, 'not_found'));
    await target.remove('box-1/contents/no');
    await target.remove('box-1/contents/ab/one');
    expect(await target.has('box-1/contents/ab/one')).toBe(false);
    await expect(missing().write('x', parts('y'))).rejects.toSatisfy((error) => isAppError(error, 'backup_target_away'));
    await expect(namesOf(missing(), '')).rejects.toSatisfy((error) => isAppError(error, 'backup_target_away'));
  });
});
