export { abstentionRoutes } from './abstention.routes.ts';
export { createAbstentionService } from './abstention.service.ts';
