import { z } from 'zod';
import { openBackupTarget, type BackupTarget } from '#clients';
import { createSecretBox, readOrMakeSecret } from '#kit';

/** What the keys of a bucket are sealed for. */
export const BACKUP_KEYS_PURPOSE = 'backup-target-keys';
const keys = z.object({ accessKey: z.string(), secretKey: z.string(), region: z.string().optional() });

/** A target as its row has it: a folder, or a bucket whose keys are sealed with the box's master key. */
export const openSealedTarget = async (dataDir: string, { folder, s3Keys }: { folder: string; s3Keys: string | null }): Promise<BackupTarget> => {
  if (s3Keys === null) return openBackupTarget(folder, { dataDir, keys: null });
  const opened = createSecretBox(await readOrMakeSecret(dataDir, 'master-key')).open(s3Keys, BACKUP_KEYS_PURPOSE);
  return openBackupTarget(folder, { dataDir, keys: keys.parse(JSON.parse(opened)) });
};
