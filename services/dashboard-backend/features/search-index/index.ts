export { searchIndexRepository } from './search-index.repository.ts';
export { searchIndexRoutes } from './search-index.routes.ts';
export { createSearchIndexService } from './search-index.service.ts';
