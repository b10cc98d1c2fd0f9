import { join } from 'node:path';
import { s3Target } from '../object-store/s3-target.ts';
import type { BackupTarget } from './backup-target.ts';
import { createFolderTarget } from './folder-target.ts';
import { createS3BackupTarget } from './s3-backup-target.ts';

export interface S3BackupKeys {
  accessKey: string;
  secretKey: string;
  region?: string;
}

export const isS3Address = (place: string): boolean => /^https?:\/\//.test(place);

/** A place for backups by what people call it: a folder, or the address of a bucket with its keys. Errors: `configuration_invalid` for what is no address. */
export const openBackupTarget = (place: string, { dataDir, keys }: { dataDir: string; keys: S3BackupKeys | null }): BackupTarget =>
  keys === null ? createFolderTarget(place) : createS3BackupTarget({ target: s3Target(place, keys), draftsDir: join(dataDir, 'cache', 'backup-drafts') });
