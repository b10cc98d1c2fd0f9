export { createCompletionsService } from './completions.service.ts';
export { openaiRoutes } from './openai.routes.ts';
