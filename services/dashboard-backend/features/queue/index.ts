export { queueRepository } from './queue.repository.ts';
export { queueRoutes } from './queue.routes.ts';
export { createQueueService } from './queue.service.ts';
