import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boxKeysOf, createBackup, findRecoveryKey } from '#backup';
import { createFolderTarget, createFsObjectStore, type BackupTarget } from '#clients';
import { readOrMakeSecret } from '#kit';
import type { Box } from './box.ts';

type Source = Pick<Box, 'database' | 'dataDir'>;

export const boxKeyOf = ({ dataDir }: Pick<Box, 'dataDir'>): Promise<Buffer> => readOrMakeSecret(dataDir, 'backup-key');

/** A backup of that box into `target`. */
export const backUp = async ({ database, dataDir }: Source, target: BackupTarget, more: Partial<Parameters<typeof createBackup>[1]> = {}) =>
  createBackup(
    {
      databaseUrl: database.url,
      objects: await createFsObjectStore({ folder: join(dataDir, 'objects'), reserveBytes: () => 0 }),
      dataDir,
      target,
      box: boxKeysOf(await boxKeyOf({ dataDir })),
      recovery: await findRecoveryKey(dataDir),
      boxName: 'Arasul',
      version: '0.1.0',
    },
    { reason: 'person', ...more },
  );

/** A folder for backups, to be removed in the end. */
export const makeBackupFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'arasul-backups-'));
  return { folder, target: createFolderTarget(folder), remove: () => rm(folder, { recursive: true, force: true }) };
};

/** The files below a folder, those of `part` alone. */
export const filesOf = async (folder: string, part: 'contents' | 'backups'): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.parentPath.includes(`/${part}`))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
};
