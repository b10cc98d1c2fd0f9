import { randomBytes } from 'node:crypto';
import type { ApiKeyView } from '#contracts';
import type { Database, Notifier } from '#db';
import { AppError, type Clock } from '#kit';
import { roleAllows, type Principal, type Scope } from '../../http/index.ts';
import type { Audit } from '../audit/index.ts';
import type { ApiKeyRow, ApiKeysRepository } from './api-keys.repository.ts';
import { API_KEY_PREFIX, hashApiKey } from './identity.ts';

/** Characters after the prefix that a list shows, to tell keys apart. */
const SHOWN_CHARS = 6;

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  notifier: Pick<Notifier, 'publish' | 'settled'>;
  keys: ApiKeysRepository;
  audit: Audit;
  clock: Clock;
}

const toView = (row: ApiKeyRow): ApiKeyView => ({
  id: row.id,
  name: row.name,
  prefix: row.prefix,
  scopes: row.scopes as Scope[],
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at?.toISOString() ?? null,
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
  revokedAt: row.revoked_at?.toISOString() ?? null,
});

export type ApiKeysService = ReturnType<typeof createApiKeysService>;

/** Keys for scripts: they act as their owner, within their scopes. Only a hash of the secret is kept. */
export const createApiKeysService = ({ database, notifier, keys, audit, clock }: Needs) => ({
  async list(who: Principal): Promise<{ items: ApiKeyView[]; nextCursor: null }> {
    return { items: (await keys.listOfUser(database.db, who.userId)).map(toView), nextCursor: null };
  },

  /** Makes a key; its secret is in the answer and nowhere else. Errors: `forbidden` for a scope past one's role, `validation_failed`. */
  async create(
    who: Principal,
    { name, scopes, expiresAt }: { name: string; scopes: Scope[]; expiresAt?: string },
  ): Promise<{ key: ApiKeyView; secret: string }> {
    if (scopes.includes('admin') && !roleAllows(who.role, 'admin'))
      throw new AppError('forbidden', { message: 'Only administrators can make keys with the scope admin.' });
    if (expiresAt !== undefined && Date.parse(expiresAt) <= clock.now()) {
      throw new AppError('validation_failed', {
        message: '`expiresAt` is in the past.',
        details: { in: 'body', problems: [{ path: 'expiresAt', message: 'Is in the past.' }] },
      });
    }
    const secret = `${API_KEY_PREFIX}${randomBytes(32).toString('base64url')}`;
    const row = await database.inTransaction(async (tx) => {
      const key = await keys.insert(tx, {
        userId: who.userId,
        workspaceId: who.workspaceId,
        name,
        prefix: secret.slice(0, API_KEY_PREFIX.length + SHOWN_CHARS),
        keyHash: hashApiKey(secret),
        scopes: [...new Set(scopes)],
        expiresAt: expiresAt === undefined ? null : new Date(expiresAt),
      });
      await audit.record(tx, who, 'api_key.created', name, { id: key.id, scopes });
      return key;
    });
    return { key: toView(row), secret };
  },

  /** Ends a key; no process honours it once this resolves. Errors: `not_found`. */
  async revoke(who: Principal, id: string): Promise<void> {
    await database.inTransaction(async (tx) => {
      const key = await keys.revoke(tx, { userId: who.userId, id, at: new Date(clock.now()) });
      if (!key) throw new AppError('not_found', { message: 'You have no such key, or it was revoked before.' });
      await notifier.publish(tx, 'user.changed', { userId: who.userId });
      await audit.record(tx, who, 'api_key.revoked', key.name, { id });
    });
    await notifier.settled();
  },
});
