import { roles, type Role, type apiKeyScopes } from '#contracts';
import type { Request } from 'express';

export type Scope = (typeof apiKeyScopes)[number];

/** Who asks: the person behind a session or an API key. */
export interface Principal {
  /** `admin_users.id`, for joins. */
  userId: number;
  /** The public id. */
  uid: string;
  username: string;
  role: Role;
  workspaceId: string;
  via: 'cookie' | 'token' | 'key';
  /** The session's public id and current token; null for a key. */
  sessionId: string | null;
  jti: string | null;
  /** What unsafe requests of a cookie session must carry in `x-csrf-token`. */
  csrfToken: string | null;
  /** A key's scopes; null means all that the role may. */
  scopes: readonly Scope[] | null;
  ipAddress: string;
  /** Set after a reset: only the password may be changed. */
  mustChangePassword: boolean;
}

/** Tells who sent a request: null for nobody. Throws `unauthenticated` for credentials that are wrong or ended. */
export type Authenticate = (request: Request) => Promise<Principal | null> | Principal | null;

/** Whether `role` may do what `least` may. */
export const roleAllows = (role: Role, least: Role): boolean => roles.indexOf(role) >= roles.indexOf(least);
