import { sql, type Selectable } from 'kysely';
import type { ApiKeys, Db } from '#db';

export type ApiKeyRow = Selectable<ApiKeys>;

/** Statements on `api_keys`. */
export const apiKeysRepository = {
  findIdentity: (db: Db, keyHash: string, now: Date) =>
    db
      .selectFrom('api_keys as k')
      .innerJoin('admin_users as u', 'u.id', 'k.user_id')
      .select(['u.id', 'u.uid', 'u.username', 'u.role', 'k.workspace_id', 'k.id as key_id', 'k.scopes', 'k.expires_at'])
      .where('k.key_hash', '=', keyHash)
      .where('k.revoked_at', 'is', null)
      .where((where) => where.or([where('k.expires_at', 'is', null), where('k.expires_at', '>', now)]))
      .where('u.is_active', '=', true)
      .executeTakeFirst(),

  insert: (db: Db, key: { userId: number; workspaceId: string; name: string; prefix: string; keyHash: string; scopes: string[]; expiresAt: Date | null }) =>
    db
      .insertInto('api_keys')
      .values({
        user_id: key.userId,
        workspace_id: key.workspaceId,
        name: key.name,
        prefix: key.prefix,
        key_hash: key.keyHash,
        scopes: key.scopes,
        expires_at: key.expiresAt,
      })
      .returningAll()
      .executeTakeFirstOrThrow(),

  listOfUser: (db: Db, userId: number) =>
    db.selectFrom('api_keys').selectAll().where('user_id', '=', userId).orderBy('created_at', 'desc').orderBy('id', 'desc').execute(),

  revoke: (db: Db, { userId, id, at }: { userId: number; id: string; at: Date }) =>
    db
      .updateTable('api_keys')
      .set({ revoked_at: at })
      .where('id', '=', id)
      .where('user_id', '=', userId)
      .where('revoked_at', 'is', null)
      .returningAll()
      .executeTakeFirst(),

  revokeAll: (db: Db, userId: number, at: Date) =>
    db.updateTable('api_keys').set({ revoked_at: at }).where('user_id', '=', userId).where('revoked_at', 'is', null).execute(),

  /** Notes when keys were last used; one statement for all of them. */
  touch: async (db: Db, seen: { id: string; at: Date }[]): Promise<void> => {
    await sql`
      update api_keys k set last_used_at = greatest(k.last_used_at, v.at)
      from unnest(${seen.map(({ id }) => id)}::uuid[], ${seen.map(({ at }) => at.toISOString())}::timestamptz[]) v(id, at)
      where k.id = v.id`.execute(db);
  },
};
export type ApiKeysRepository = typeof apiKeysRepository;
