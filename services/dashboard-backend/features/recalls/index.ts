export { recallsRepository } from './recalls.repository.ts';
export { recallRoutes } from './recalls.routes.ts';
export { createRecallsService } from './recalls.service.ts';
