export { updatesRepository } from './updates.repository.ts';
export { updateRoutes } from './updates.routes.ts';
export { createUpdatesService } from './updates.service.ts';
