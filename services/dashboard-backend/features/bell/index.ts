export { bellRepository } from './bell.repository.ts';
export { bellRoutes } from './bell.routes.ts';
export { createBellService } from './bell.service.ts';
