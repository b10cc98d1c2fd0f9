export { createCompletionsService } from './completions.service.ts';
export { openaiRoutes } from './openai.routes.ts';
export { createEmbeddingsService } from './embeddings.service.ts';
