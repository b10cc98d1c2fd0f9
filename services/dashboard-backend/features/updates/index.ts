export { bundlesRepository } from './bundles.repository.ts';
export { createProgressReader } from './progress.ts';
export { createUpdateRequests } from './requests.service.ts';
export { createTrustService } from './trust.service.ts';
export { updatesRepository } from './updates.repository.ts';
export { updateRoutes } from './updates.routes.ts';
export { createUpdatesService } from './updates.service.ts';
export { createUpdateUploads } from './uploads.service.ts';
