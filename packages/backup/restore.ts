import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { createFsObjectStore, formatBytes, type BackupTarget, type ObjectStore } from '#clients';
import { AppError } from '#kit';
import { createContentReader, type ContentReader } from './contents.ts';
import { writeJournal } from './journal.ts';
import { contentKeysOf, type Manifest } from './manifest.ts';
import { createProgress, type OnProgress } from './progress.ts';
import { checkLevel, dropDatabase, restoreDatabase } from './restore-database.ts';

export interface RestoreNeeds {
  dataDir: string;
  url: string;
  adminUrl: string;
  migrationsDir: string;
  /** Where the box keeps originals; the data folder, when it is left out. */
  objects?: ObjectStore;
}

export interface RestoreOptions {
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/** The database grows by its indexes; what is left over keeps the box running. */
const DATABASE_FACTOR = 2.5;
const RESERVE_BYTES = 200_000_000;

export const bytesOf = (manifest: Manifest) => {
  const sum = (of: readonly { sizeBytes: number }[]): number => of.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  return {
    database: sum(manifest.tables.flatMap(({ segments }) => segments)),
    objects: sum(manifest.objects),
    others: sum([...manifest.secrets, ...manifest.models.files]),
  };
};

const freeBytesOf = async (folder: string): Promise<number> => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};

/** Errors: `disk_full` with the numbers, before anything is written. */
const requireSpace = async (manifest: Manifest, dataDir: string): Promise<void> => {
  const bytes = bytesOf(manifest);
  const needed = bytes.database * DATABASE_FACTOR + bytes.objects + bytes.others + RESERVE_BYTES;
  const free = await freeBytesOf(dataDir);
  if (free < needed)
    throw new AppError('disk_full', {
      message: `This backup needs about ${formatBytes(needed)} and the disk of ${dataDir} has ${formatBytes(free)} free. Nothing was changed; free some space and try again.`,
    });
};

const isThere = async (objects: ObjectStore, path: string, sizeBytes: number): Promise<boolean> =>
  objects
    .localFile(path)
    .then(async (file) => (await stat(file)).size === sizeBytes)
    .catch(() => false);

/** Puts the originals into an object store; what lies there already stays. */
export const restoreObjects = async (
  manifest: Manifest,
  objects: ObjectStore,
  { reader, progress, signal }: { reader: ContentReader; progress: ReturnType<typeof createProgress>; signal?: AbortSignal },
): Promise<void> => {
  for (const file of manifest.objects) {
    signal?.throwIfAborted();
    if (!(await isThere(objects, file.path, file.sizeBytes))) {
      const content = await objects.receive(reader.read(file), { maxBytes: file.sizeBytes + 1, expectedBytes: file.sizeBytes, signal });
      await content.keep();
    }
    progress.add(file.sizeBytes);
  }
};

/** Writes a file below `folder`, whole or not at all. */
const writeBelow = async (folder: string, path: string, content: AsyncIterable<Uint8Array>): Promise<void> => {
  const file = resolve(folder, path);
  if (!file.startsWith(resolve(folder) + sep)) throw new AppError('backup_damaged', { message: `The backup names a file outside its folder (${path}).` });
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(`${file}.part`, 'w', 0o600);
  try {
    for await (const part of content) await handle.writeFile(part);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.part`, file);
};

/**
 * Lays a backup ready beside what the box has: its database under another name, its keys in a folder aside. Nothing of the box changes until
 * `settleRestore`, at the next start or by the command line. On any error all of it is gone again.
 * Errors: `backup_too_new`, `backup_damaged`, `backup_target_away`, `disk_full`.
 */
export const prepareRestore = async (
  place: BackupTarget,
  manifest: Manifest,
  { dataDir, url, adminUrl, migrationsDir, objects }: RestoreNeeds,
  { onProgress, signal }: RestoreOptions = {},
): Promise<void> => {
  await checkLevel(manifest, migrationsDir);
  await requireSpace(manifest, dataDir);
  const aside = join(dataDir, 'restore');
  const scratch = `arasul_restore_${randomBytes(4).toString('hex')}`;
  await rm(join(aside, 'secrets'), { recursive: true, force: true });
  // Its name is noted before it is made: what a power cut leaves is found by it.
  for (const name of ['secrets', scratch]) await mkdir(join(aside, name), { recursive: true, mode: 0o700 });
  const reader = createContentReader({ target: place, keys: contentKeysOf(manifest) });
  const bytes = bytesOf(manifest);
  const progress = createProgress(bytes.database + bytes.objects + bytes.others, onProgress);
  try {
    progress.enter('database');
    await restoreDatabase(manifest, scratch, { url, adminUrl, migrationsDir, reader, progress, signal });
    progress.enter('documents');
    await restoreObjects(manifest, objects ?? (await createFsObjectStore({ folder: join(dataDir, 'objects'), reserveBytes: () => 0 })), {
      reader,
      progress,
      signal,
    });
    progress.enter('models');
    for (const file of manifest.models.files) await writeBelow(join(dataDir, 'models'), file.path, reader.read(file));
    progress.enter('secrets');
    for (const file of manifest.secrets) await writeBelow(join(aside, 'secrets'), file.path, reader.read(file));
    progress.enter('finishing');
    await writeJournal(dataDir, { backupId: manifest.id, takenAt: manifest.takenAt, scratch, before: `arasul_before_${randomBytes(4).toString('hex')}` });
  } catch (error) {
    await dropDatabase(adminUrl, scratch).catch(() => undefined);
    await rm(aside, { recursive: true, force: true });
    throw error;
  }
};
