import { z } from 'zod';
import { id, instant, pageQuery } from './common.ts';

/** Roles from least to most; each may do what the ones before it may. */
export const roles = ['viewer', 'user', 'admin', 'owner'] as const;
export const role = z.enum(roles);
export type Role = z.infer<typeof role>;

export const username = z
  .string()
  .trim()
  .min(2)
  .max(50)
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._@-]*$/u, 'Letters, digits, dot, dash, underscore and @ only; starting with a letter or digit.');

/** bcrypt reads 72 bytes; longer passwords are refused rather than cut. */
export const PASSWORD_MAX_BYTES = 72;
export const PASSWORD_MIN_LENGTH = 10;
export const password = z
  .string()
  .min(PASSWORD_MIN_LENGTH)
  .refine((text) => new TextEncoder().encode(text).length <= PASSWORD_MAX_BYTES, `At most ${PASSWORD_MAX_BYTES} bytes.`);

export const userView = z.object({
  id,
  username: z.string(),
  email: z.string().nullable(),
  role,
  isActive: z.boolean(),
  totpEnabled: z.boolean(),
  mustChangePassword: z.boolean(),
  lockedUntil: instant.nullable(),
  lastLogin: instant.nullable(),
  createdAt: instant,
});
export type UserView = z.infer<typeof userView>;

export const setupState = z.object({
  required: z.boolean(),
  /** What its owner calls this box, so that a person with several knows which one they sign in to. */
  boxName: z.string(),
});
export const setupRequest = z.object({ code: z.string().trim().max(20), username, password });

/** What a successful sign-in answers; the dashboard uses the cookie, everything else the token. */
export const sessionGrant = z.object({
  accessToken: z.string(),
  expiresAt: instant,
  user: userView,
});
export type SessionGrant = z.infer<typeof sessionGrant>;

export const loginRequest = z.object({
  username: z.string().trim().min(1).max(50),
  password: z.string().min(1).max(1000),
  totp: z.string().trim().max(10).optional(),
});
export const passwordChange = z.object({ currentPassword: z.string().min(1).max(1000), newPassword: password });

export const sessionView = z.object({
  id,
  ipAddress: z.string().nullable(),
  userAgent: z.string().nullable(),
  createdAt: instant,
  expiresAt: instant,
  lastActivity: instant,
  current: z.boolean(),
});
export type SessionView = z.infer<typeof sessionView>;

export const userCreate = z.object({ username, email: z.email().optional(), role: role.exclude(['owner']), password: password.optional() });
/** `initialPassword` is shown once, only when none was given. */
export const userCreated = z.object({ user: userView, initialPassword: z.string().optional() });
export const userPatch = z.object({
  email: z.email().nullable().optional(),
  role: role.exclude(['owner']).optional(),
  isActive: z.boolean().optional(),
  unlock: z.literal(true).optional(),
  resetPassword: z.literal(true).optional(),
  disableTotp: z.literal(true).optional(),
});
export const userPatched = userCreated;
export const userQuery = pageQuery.extend({ q: z.string().trim().max(100).optional() });

/** TOTP enrolment: the secret is shown once, the code proves that it was stored. */
export const totpEnrolment = z.object({ secret: z.string(), uri: z.string() });
export const totpConfirm = z.object({
  code: z
    .string()
    .trim()
    .regex(/^\d{6}$/),
});

export const apiKeyScopes = ['metrics:read', 'chat', 'documents:read', 'documents:write', 'search', 'admin'] as const;
export const apiKeyView = z.object({
  id,
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(z.enum(apiKeyScopes)),
  createdAt: instant,
  expiresAt: instant.nullable(),
  lastUsedAt: instant.nullable(),
  revokedAt: instant.nullable(),
});
export type ApiKeyView = z.infer<typeof apiKeyView>;
export const apiKeyCreate = z.object({
  name: z.string().trim().min(1).max(100),
  scopes: z.array(z.enum(apiKeyScopes)).min(1),
  expiresAt: instant.optional(),
});
/** `secret` is shown this once. */
export const apiKeyCreated = z.object({ key: apiKeyView, secret: z.string() });

export const auditEntry = z.object({
  id,
  at: instant,
  actor: z.string().nullable(),
  action: z.string(),
  subject: z.string().nullable(),
  ipAddress: z.string().nullable(),
  details: z.unknown().nullable(),
});
export type AuditEntry = z.infer<typeof auditEntry>;
export const auditQuery = pageQuery.extend({
  q: z.string().trim().max(100).optional(),
  action: z.string().max(100).optional(),
  actor: z.string().max(100).optional(),
  from: instant.optional(),
  to: instant.optional(),
});
