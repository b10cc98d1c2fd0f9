export { chatRoutes } from './chat.routes.ts';
export { createChatService } from './chat.service.ts';
export { conversationsRepository } from './conversations.repository.ts';
