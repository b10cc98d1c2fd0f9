import { sql } from 'kysely';
import type { Db } from '#db';

interface NewSession {
  userId: number;
  jti: string;
  expiresAt: Date;
  at: Date;
  ipAddress: string | null;
  userAgent: string | null;
}

/** Statements on `active_sessions` and `token_blacklist`. */
export const sessionsRepository = {
  insert: (db: Db, session: NewSession) =>
    db
      .insertInto('active_sessions')
      .values({
        user_id: session.userId,
        token_jti: session.jti,
        ip_address: session.ipAddress,
        user_agent: session.userAgent,
        created_at: session.at,
        last_activity: session.at,
        expires_at: session.expiresAt,
      })
      .returning(['session_id', 'token_jti', 'expires_at'])
      .executeTakeFirstOrThrow(),

  /** Whom a token speaks for, if it still does: the one statement that decides about identity. */
  findIdentity: (db: Db, jti: string, now: Date) =>
    db
      .selectFrom('active_sessions as s')
      .innerJoin('admin_users as u', 'u.id', 's.user_id')
      .select(['u.id', 'u.uid', 'u.username', 'u.role', 'u.workspace_id', 'u.must_change_password', 's.session_id', 's.expires_at'])
      .where('s.token_jti', '=', jti)
      .where('s.expires_at', '>', now)
      .where('u.is_active', '=', true)
      .where(({ not, exists, selectFrom }) => not(exists(selectFrom('token_blacklist').select('id').where('token_jti', '=', jti))))
      .executeTakeFirst(),

  listOfUser: (db: Db, userId: number, now: Date) =>
    db
      .selectFrom('active_sessions')
      .selectAll()
      .where('user_id', '=', userId)
      .where('expires_at', '>', now)
      .orderBy('last_activity', 'desc')
      .orderBy('id', 'desc')
      .execute(),

  /** Gives a session a new token; nothing, when the old one was already replaced or ended. */
  rotate: (db: Db, { jti, next, expiresAt, at }: { jti: string; next: string; expiresAt: Date; at: Date }) =>
    db
      .updateTable('active_sessions')
      .set({ token_jti: next, expires_at: expiresAt, last_activity: at })
      .where('token_jti', '=', jti)
      .where('expires_at', '>', at)
      .returning(['session_id', 'token_jti', 'expires_at'])
      .executeTakeFirst(),

  /** Ends sessions of a user: the one named, or all but the one spared. Returns what their tokens were. */
  remove: (db: Db, { userId, sessionId, spare }: { userId: number; sessionId?: string; spare?: string | null }) =>
    db
      .deleteFrom('active_sessions')
      .where('user_id', '=', userId)
      .$if(sessionId !== undefined, (query) => query.where('session_id', '=', sessionId!))
      .$if(Boolean(spare), (query) => query.where('session_id', '<>', spare!))
      .returning(['token_jti', 'expires_at'])
      .execute(),

  blacklist: async (db: Db, userId: number, tokens: { token_jti: string; expires_at: Date }[]): Promise<void> => {
    if (tokens.length === 0) return;
    await db
      .insertInto('token_blacklist')
      .values(tokens.map(({ token_jti, expires_at }) => ({ token_jti, expires_at, user_id: userId })))
      .onConflict((conflict) => conflict.column('token_jti').doNothing())
      .execute();
  },

  /** Notes when sessions were last used; one statement for all of them. */
  touch: async (db: Db, seen: { jti: string; at: Date }[]): Promise<void> => {
    await sql`
      update active_sessions s set last_activity = greatest(s.last_activity, v.at)
      from unnest(${seen.map(({ jti }) => jti)}::text[], ${seen.map(({ at }) => at.toISOString())}::timestamptz[]) v(jti, at)
      where s.token_jti = v.jti`.execute(db);
  },

  /** Rows that can no longer matter: expired sessions and blacklisted tokens that would be refused anyway. */
  sweep: async (db: Db, now: Date): Promise<void> => {
    await db.deleteFrom('active_sessions').where('expires_at', '<=', now).execute();
    await db.deleteFrom('token_blacklist').where('expires_at', '<=', now).execute();
  },
};
export type SessionsRepository = typeof sessionsRepository;
