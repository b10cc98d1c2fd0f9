import { z } from 'zod';
import { isS3Address, openBackupTarget, type BackupTarget } from '#clients';
import { findBackups, openBackup, type FoundBackup, type Opener } from '#backup';
import { readEnv, readOrMakeSecret, type Env } from '#kit';
import type { LauncherConfig } from '../../../services/launcher/config.ts';
import { StartProblem } from '../../../services/launcher/start-problem.ts';

/** Asks the person at the terminal; undefined where there is none. */
export type Ask = (question: string) => Promise<string>;

export const BOX_KEY = 'backup-key';

/** A folder, or the address of a bucket, whose keys are in the environment. Errors: `StartProblem`, `configuration_invalid`. */
export const chosenTarget = (
  place: string | undefined,
  option: '--to' | '--from',
  { config: { dataDir }, env }: { config: Pick<LauncherConfig, 'dataDir'>; env: Env },
): BackupTarget => {
  if (place === undefined)
    throw new StartProblem(`Name the folder of the backups with ${option}=FOLDER, or a bucket with ${option}=https://HOST/BUCKET/FOLDER.`);
  if (!isS3Address(place)) return openBackupTarget(place, { dataDir, keys: null });
  const keys = readEnv(
    z.object({ ARASUL_BACKUP_S3_ACCESS_KEY: z.string(), ARASUL_BACKUP_S3_SECRET_KEY: z.string(), ARASUL_BACKUP_S3_REGION: z.string().optional() }),
    env,
  );
  return openBackupTarget(place, {
    dataDir,
    keys: { accessKey: keys.ARASUL_BACKUP_S3_ACCESS_KEY, secretKey: keys.ARASUL_BACKUP_S3_SECRET_KEY, region: keys.ARASUL_BACKUP_S3_REGION },
  });
};

/** With what backups are opened: this box's own key, or the words that a person types. */
export const openerOf = async ({ dataDir, withRecoveryKey, ask }: { dataDir: string; withRecoveryKey: boolean; ask: Ask | undefined }): Promise<Opener> => {
  if (!withRecoveryKey) return { boxKey: await readOrMakeSecret(dataDir, BOX_KEY) };
  if (!ask) throw new StartProblem('The recovery key is typed at a terminal, and there is none.');
  return { words: await ask('The 24 words of the recovery key: ') };
};

/** The backup of that id, or the newest. Errors: `StartProblem` where there is none, and those of `openBackup`. */
export const chooseBackup = async (target: BackupTarget, { id, opener }: { id: string | undefined; opener: Opener }) => {
  const found = await findBackups(target);
  const [newest] = found;
  if (!newest) throw new StartProblem('There are no backups in that folder. Is it the right one?');
  const chosen = id === undefined ? newest : found.find((one) => one.id === id || one.id.startsWith(id));
  if (!chosen) throw new StartProblem(`There is no backup ${id} in that folder. “backup list” shows those that are there.`);
  return { found: chosen, ...(await openBackup(target, chosen, opener)) };
};

export type { FoundBackup };
