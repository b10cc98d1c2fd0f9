export { createRestoreService } from './restore.service.ts';
export { setupRepository } from './setup.repository.ts';
export { setupRoutes } from './setup.routes.ts';
export { createSetupService, setupCodePath } from './setup.service.ts';
