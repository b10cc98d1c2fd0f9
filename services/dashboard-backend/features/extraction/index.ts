export { extractionRepository } from './extraction.repository.ts';
export { extractionRoutes } from './extraction.routes.ts';
export { createExtractionService } from './extraction.service.ts';
