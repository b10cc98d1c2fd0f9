export { goldenQuestionsRepository } from './golden.repository.ts';
export { goldenRoutes } from './golden.routes.ts';
export { createGoldenService } from './golden.service.ts';
