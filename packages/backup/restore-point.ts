import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createFolderTarget, createFsObjectStore } from '#clients';
import { readSettings, type Database } from '#db';
import { readOrMakeSecret } from '#kit';
import { createBackup } from './create.ts';
import { boxKeysOf } from './keys.ts';
import { findBackups } from './place.ts';
import { pruneBackups } from './prune.ts';
import { findRecoveryKey } from './recovery-key.ts';

/** Each takes what changed since the one before; more of them would only keep what people deleted. */
const KEPT = 3;

/** Where restore points lie: “backup restore --from” takes one back as any other backup. */
const restorePointFolder = (dataDir: string): string => join(dataDir, 'updates', 'restore-points', 'backups');

interface Needs {
  database: Pick<Database, 'db'>;
  dataDir: string;
  url: string;
  version: string;
}

/** The whole database with the keys, before an update: for the day when settings and models, which a roll-back puts back, are not enough. */
export const createDatabasePoint = ({ database, dataDir, url, version }: Needs) => ({
  async take(): Promise<{ sizeBytes: number; parts: string[] }> {
    const folder = restorePointFolder(dataDir);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const target = createFolderTarget(folder);
    const boxKey = await readOrMakeSecret(dataDir, 'backup-key');
    const manifest = await createBackup(
      {
        databaseUrl: url,
        objects: await createFsObjectStore({ folder: join(dataDir, 'objects'), reserveBytes: () => 0 }),
        dataDir,
        target,
        box: boxKeysOf(boxKey),
        recovery: await findRecoveryKey(dataDir),
        boxName: (await readSettings(database.db)).general.boxName,
        version,
      },
      { reason: 'update', withDocuments: false },
    );
    const newest = (await findBackups(target)).slice(0, KEPT);
    await pruneBackups(target, { boxKey, keep: new Set(newest.map(({ id }) => id)) });
    return { sizeBytes: manifest.counts.newBytes, parts: ['schema', 'database', 'keys'] };
  },
});
