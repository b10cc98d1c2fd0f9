import type { Database } from '#db';
import { auditRepository, createAuditService, type Audit } from '../../services/dashboard-backend/features/audit/index.ts';
import type { Principal } from '../../services/dashboard-backend/http/index.ts';

/** What the audit log names: whoever can read the data folder owns the box anyway. */
const ACTOR = { username: 'command line', ipAddress: null };

/** Who acts from the machine itself. */
export const OPERATOR: Principal = {
  userId: 0,
  uid: '',
  username: ACTOR.username,
  role: 'owner',
  workspaceId: '00000000-0000-7000-8000-000000000001',
  via: 'token',
  sessionId: null,
  jti: null,
  csrfToken: null,
  scopes: null,
  ipAddress: '',
  mustChangePassword: false,
};

/** The audit log in the operator's name. */
export const operatorAudit = (database: Database): Audit => {
  const log = createAuditService({ database, repository: auditRepository });
  return { record: (db, _who, ...act) => log.record(db, ACTOR, ...act) };
};
