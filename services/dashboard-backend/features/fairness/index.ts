export { fairnessRepository } from './fairness.repository.ts';
export { fairnessRoutes } from './fairness.routes.ts';
export { createFairnessService } from './fairness.service.ts';
