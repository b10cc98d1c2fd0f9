export { backupsRepository } from './backups.repository.ts';
export { backupRoutes } from './backups.routes.ts';
export { createBackupsService } from './backups.service.ts';
