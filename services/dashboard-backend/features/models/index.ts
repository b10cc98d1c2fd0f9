export { modelRoutes } from './models.routes.ts';
export { modelsRepository } from './models.repository.ts';
export { createModelsService, type ModelsService } from './models.service.ts';
