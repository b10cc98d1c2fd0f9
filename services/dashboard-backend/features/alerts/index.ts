export { alertsRepository } from './alerts.repository.ts';
export { alertRoutes } from './alerts.routes.ts';
export { createAlertsService, type AlertsService } from './alerts.service.ts';
export { createBackTestService } from './back-test.service.ts';
export { historyRepository } from './history.repository.ts';
export { createIncidentDetails } from './incident-detail.service.ts';
export { createRulesService } from './rules.service.ts';
