export { withinTarget, type BackupTarget } from './backup-target.ts';
export { createFolderTarget } from './folder-target.ts';
