import type { SessionView, UserView } from '#contracts';
import type { Database, Notifier, Tx } from '#db';
import { AppError, newId, type Clock } from '#kit';
import type { Principal } from '../../http/index.ts';
import type { From } from './from.ts';
import type { SessionsRepository } from './sessions.repository.ts';
import type { Tokens } from './tokens.ts';
import type { UserRow, UsersRepository } from './users.repository.ts';
import { toUserView } from './user-view.ts';

const HOUR_MS = 3_600_000;

/** A session as its owner gets it. */
export interface Grant {
  accessToken: string;
  csrfToken: string;
  expiresAt: Date;
  user: UserView;
}

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  notifier: Pick<Notifier, 'publish' | 'settled'>;
  sessions: SessionsRepository;
  users: Pick<UsersRepository, 'findById'>;
  tokens: Tokens;
  sessionHours: () => number;
  clock: Clock;
}

export type SessionsService = ReturnType<typeof createSessionsService>;

export const createSessionsService = ({ database, notifier, sessions, users, tokens, sessionHours, clock }: Needs) => {
  // Whole seconds, as the token says it.
  const newExpiry = () => new Date(Math.floor((clock.now() + sessionHours() * HOUR_MS) / 1000) * 1000);

  const grant = (user: UserRow, session: { session_id: string; token_jti: string; expires_at: Date }): Grant => ({
    accessToken: tokens.sign({ sub: user.uid, sessionId: session.session_id, jti: session.token_jti, expiresAt: session.expires_at }),
    csrfToken: tokens.csrfFor(session.session_id),
    expiresAt: session.expires_at,
    user: toUserView(user, clock.now()),
  });

  /** Ends sessions inside a transaction; every process hears of it when that commits. */
  const revoke = async (tx: Tx, userId: number, which: { sessionId?: string; spare?: string | null } = {}): Promise<number> => {
    const gone = await sessions.remove(tx, { userId, ...which });
    await sessions.blacklist(tx, userId, gone);
    for (const { token_jti } of gone) await notifier.publish(tx, 'session.revoked', { jti: token_jti });
    return gone.length;
  };

  const userOf = async (who: Principal): Promise<UserRow> => {
    const user = await users.findById(database.db, who.userId);
    if (!user) throw new AppError('unauthenticated', { message: 'This account is gone.' });
    return user;
  };

  return {
    revoke,
    /** Resolves when no process honours what was revoked before. */
    settled: () => notifier.settled(),

    /** A new session for a person who proved who they are. */
    async open(tx: Tx, user: UserRow, from: From): Promise<Grant> {
      const session = await sessions.insert(tx, { userId: user.id, jti: newId(), expiresAt: newExpiry(), at: new Date(clock.now()), ...from });
      return grant(user, session);
    },

    /** A new token for the session; the old one is void at once. Errors: `unauthenticated` when it already was. */
    async refresh(who: Principal): Promise<Grant> {
      const user = await userOf(who);
      const session = await database.inTransaction(async (tx) => {
        const next = await sessions.rotate(tx, { jti: who.jti!, next: newId(), expiresAt: newExpiry(), at: new Date(clock.now()) });
        if (!next) throw new AppError('unauthenticated', { message: 'This session was renewed or ended elsewhere. Sign in again.' });
        await sessions.blacklist(tx, who.userId, [{ token_jti: who.jti!, expires_at: next.expires_at }]);
        await notifier.publish(tx, 'session.revoked', { jti: who.jti! });
        return next;
      });
      await notifier.settled();
      return grant(user, session);
    },

    /** The session as it is, with the token that it has: after a change of the account. */
    async current(who: Principal): Promise<Grant> {
      const user = await userOf(who);
      const session = (await sessions.listOfUser(database.db, who.userId, new Date(clock.now()))).find(({ session_id }) => session_id === who.sessionId);
      if (!session) throw new AppError('unauthenticated', { message: 'This session has ended. Sign in again.' });
      return grant(user, session);
    },

    /** Signs out: the token's jti is on the blacklist, and no process honours it once this resolves. */
    async close(who: Principal): Promise<void> {
      await database.inTransaction((tx) => revoke(tx, who.userId, { sessionId: who.sessionId! }));
      await notifier.settled();
    },

    async list(who: Principal): Promise<{ items: SessionView[]; nextCursor: null }> {
      const rows = await sessions.listOfUser(database.db, who.userId, new Date(clock.now()));
      const items = rows.map((row) => ({
        id: row.session_id,
        ipAddress: row.ip_address,
        userAgent: row.user_agent,
        createdAt: row.created_at.toISOString(),
        expiresAt: row.expires_at.toISOString(),
        lastActivity: row.last_activity.toISOString(),
        current: row.session_id === who.sessionId,
      }));
      return { items, nextCursor: null };
    },

    /** Signs out one of one's own sessions. Errors: `not_found`. */
    async closeOne(who: Principal, sessionId: string): Promise<void> {
      const count = await database.inTransaction((tx) => revoke(tx, who.userId, { sessionId }));
      if (count === 0) throw new AppError('not_found', { message: 'You have no such session; it may have ended.' });
      await notifier.settled();
    },

    /** Signs out everywhere but here. */
    async closeOthers(who: Principal): Promise<void> {
      await database.inTransaction((tx) => revoke(tx, who.userId, { spare: who.sessionId }));
      await notifier.settled();
    },

    sweep: () => sessions.sweep(database.db, new Date(clock.now())),
  };
};
