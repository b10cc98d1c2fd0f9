export { healingRepository } from './healing.repository.ts';
export { healingRoutes } from './healing.routes.ts';
export { createHealingService } from './healing.service.ts';
