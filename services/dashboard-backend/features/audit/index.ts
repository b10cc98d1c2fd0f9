export { auditRepository } from './audit.repository.ts';
export { auditRoutes } from './audit.routes.ts';
export { createAuditService, type Actor, type Audit, type AuditService } from './audit.service.ts';
