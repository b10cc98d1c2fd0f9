import { sql, type Selectable, type Updateable } from 'kysely';
import type { AdminUsers, Db } from '#db';

export type UserRow = Selectable<AdminUsers>;

/** Statements on `admin_users` and on what hangs on a password. */
export const usersRepository = {
  findByName: (db: Db, username: string) =>
    db
      .selectFrom('admin_users')
      .selectAll()
      .where(sql`lower(username)`, '=', username.toLowerCase())
      .executeTakeFirst(),

  findById: (db: Db, id: number) => db.selectFrom('admin_users').selectAll().where('id', '=', id).executeTakeFirst(),

  findByUid: (db: Db, uid: string) => db.selectFrom('admin_users').selectAll().where('uid', '=', uid).executeTakeFirst(),

  count: async (db: Db): Promise<number> => {
    const { n } = await db
      .selectFrom('admin_users')
      .select(({ fn }) => fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow();
    return n;
  },

  insert: (db: Db, user: { username: string; passwordHash: string; role: string; email?: string | null; mustChangePassword?: boolean }) =>
    db
      .insertInto('admin_users')
      .values({
        username: user.username,
        password_hash: user.passwordHash,
        role: user.role,
        email: user.email ?? null,
        must_change_password: user.mustChangePassword ?? false,
      })
      .returningAll()
      .executeTakeFirstOrThrow(),

  update: (db: Db, id: number, change: Updateable<AdminUsers>) =>
    db.updateTable('admin_users').set(change).where('id', '=', id).returningAll().executeTakeFirstOrThrow(),

  /** One more wrong password. Returns the count since the last lock or success. */
  countFailure: async (db: Db, id: number): Promise<{ login_attempts: number; lock_count: number }> =>
    db
      .updateTable('admin_users')
      .set({ login_attempts: sql`login_attempts + 1` })
      .where('id', '=', id)
      .returning(['login_attempts', 'lock_count'])
      .executeTakeFirstOrThrow(),

  lock: (db: Db, id: number, until: Date) =>
    db
      .updateTable('admin_users')
      .set({ locked_until: until, login_attempts: 0, lock_count: sql`lock_count + 1` })
      .where('id', '=', id)
      .execute(),

  /** Accepts a password that was right; nothing comes back when the account was locked, closed or changed meanwhile. */
  acceptPassword: (db: Db, id: number, passwordHash: string, at: Date) =>
    db
      .updateTable('admin_users')
      .set({ login_attempts: 0, lock_count: 0, locked_until: null })
      .where('id', '=', id)
      .where('is_active', '=', true)
      .where('password_hash', '=', passwordHash)
      .where((where) => where.or([where('locked_until', 'is', null), where('locked_until', '<=', at)]))
      .returningAll()
      .executeTakeFirst(),

  /** Uses up a time step of two-step sign-in: a step that was seen, or an older one, does not count again, however many try at once. */
  useTotpStep: async (db: Db, id: number, step: number): Promise<boolean> => {
    const { numUpdatedRows } = await db
      .updateTable('admin_users')
      .set({ totp_last_step: step })
      .where('id', '=', id)
      .where(sql<boolean>`coalesce(totp_last_step, 0) < ${step}`)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  },

  recordAttempt: (
    db: Db,
    attempt: { username: string; ipAddress: string | null; userAgent: string | null; success: boolean; reason: string | null; at: Date },
  ) =>
    db
      .insertInto('login_attempts')
      .values({
        username: attempt.username.slice(0, 50),
        ip_address: attempt.ipAddress,
        user_agent: attempt.userAgent,
        success: attempt.success,
        reason: attempt.reason,
        attempted_at: attempt.at,
      })
      .execute(),

  /** Attempts are for looking back some months, not for ever: a guesser can fill a disk with them. */
  forgetAttemptsBefore: async (db: Db, before: Date): Promise<void> => {
    await db.deleteFrom('login_attempts').where('attempted_at', '<', before).execute();
  },

  /** The hashes of the last `count` passwords, newest first. */
  lastPasswords: async (db: Db, userId: number, count: number): Promise<string[]> => {
    const rows = await db
      .selectFrom('password_history')
      .select('password_hash')
      .where('user_id', '=', userId)
      .orderBy('changed_at', 'desc')
      .orderBy('id', 'desc')
      .limit(count)
      .execute();
    return rows.map((row) => row.password_hash);
  },

  /** Keeps a password that was set, and forgets those past `keep`. */
  rememberPassword: async (
    db: Db,
    kept: { userId: number; passwordHash: string; changedBy: string; ipAddress: string | null; at: Date },
    keep: number,
  ): Promise<void> => {
    await db
      .insertInto('password_history')
      .values({ user_id: kept.userId, password_hash: kept.passwordHash, changed_by: kept.changedBy, ip_address: kept.ipAddress, changed_at: kept.at })
      .execute();
    const kept_ = db
      .selectFrom('password_history')
      .select('id')
      .where('user_id', '=', kept.userId)
      .orderBy('changed_at', 'desc')
      .orderBy('id', 'desc')
      .limit(keep);
    await db.deleteFrom('password_history').where('user_id', '=', kept.userId).where('id', 'not in', kept_).execute();
  },
};
export type UsersRepository = typeof usersRepository;
