export { telegramRepository } from './telegram.repository.ts';
export { telegramRoutes } from './telegram.routes.ts';
export { createTelegramService } from './telegram.service.ts';
