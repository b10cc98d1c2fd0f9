export { settingsRepository } from './settings.repository.ts';
export { settingsRoutes } from './settings.routes.ts';
export { createSettingsService, type SettingsService } from './settings.service.ts';
