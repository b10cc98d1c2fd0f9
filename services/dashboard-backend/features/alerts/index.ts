export { alertsRepository } from './alerts.repository.ts';
export { alertRoutes } from './alerts.routes.ts';
export { createAlertsService, type AlertsService } from './alerts.service.ts';
