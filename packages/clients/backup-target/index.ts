export { withinTarget, type BackupTarget } from './backup-target.ts';
export { createFolderTarget } from './folder-target.ts';
export { isS3Address, openBackupTarget, type S3BackupKeys } from './open-target.ts';
export { createS3BackupTarget } from './s3-backup-target.ts';
