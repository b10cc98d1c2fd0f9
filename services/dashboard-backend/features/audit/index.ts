export { auditRepository } from './audit.repository.ts';
export { auditRoutes } from './audit.routes.ts';
export { createAuditService, type Actor, type Audit } from './audit.service.ts';
