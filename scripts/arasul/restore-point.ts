import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { boxKeysOf, createBackup, findBackups, findRecoveryKey, pruneBackups } from '#backup';
import { createFolderTarget, createFsObjectStore } from '#clients';
import { readSettings, type Database } from '#db';
import { readOrMakeSecret } from '#kit';
import { createSettingsPoint, joinPoints, type RestorePoint } from '#updates';

/** Each takes what changed since the one before; more of them would only keep what people deleted. */
const KEPT = 3;

/** Where restore points lie: “backup restore --from” takes one back as any other backup. */
export const restorePointFolder = (dataDir: string): string => join(dataDir, 'updates', 'restore-points', 'backups');

/** Settings and the choice of models, which a roll-back puts back by itself, and the whole database with the keys, for the day when that is not enough. */
export const wholePoint = ({
  database,
  dataDir,
  url,
  version,
}: {
  database: Pick<Database, 'db'>;
  dataDir: string;
  url: string;
  version: string;
}): RestorePoint =>
  joinPoints([
    createSettingsPoint(database),
    {
      async take() {
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
    },
  ]);
