import type { Tx } from '#db';
import { AppError, type Clock } from '#kit';
import type { Actor, Audit } from '../audit/index.ts';
import type { Principal } from '../../http/index.ts';
import type { Credentials } from './credentials.ts';
import type { From } from './from.ts';
import { passwordProblem } from './password-policy.ts';
import { newOneTimePassword, type Passwords } from './passwords.ts';
import type { Grant, SessionsService } from './sessions.service.ts';
import type { UserRow, UsersRepository } from './users.repository.ts';

/** The last passwords that may not come back. */
const REMEMBERED_PASSWORDS = 5;

interface Needs {
  users: UsersRepository;
  passwords: Passwords;
  credentials: Credentials;
  sessions: Pick<SessionsService, 'revoke' | 'settled' | 'current'>;
  audit: Audit;
  boxName: () => string;
  clock: Clock;
}

export type PasswordsService = ReturnType<typeof createPasswordsService>;

export const createPasswordsService = ({ users, passwords, credentials, sessions, audit, boxName, clock }: Needs) => {
  const refuse = (message: string) => new AppError('password_refused', { message, details: { path: 'password' } });

  /** Throws `password_refused` for a password that is too easy to guess. */
  const requireGood = (password: string, username: string): void => {
    const problem = passwordProblem(password, { username, boxName: boxName() });
    if (problem) throw refuse(problem);
  };

  const requireNew = async (tx: Tx, user: UserRow, password: string): Promise<void> => {
    for (const hash of await users.lastPasswords(tx, user.id, REMEMBERED_PASSWORDS)) {
      if (await passwords.matches(password, hash))
        throw refuse(`You used this password before. Choose one that is not among your last ${REMEMBERED_PASSWORDS}.`);
    }
  };

  const remember = (tx: Tx, userId: number, passwordHash: string, changedBy: string, ipAddress: string | null) =>
    users.rememberPassword(tx, { userId, passwordHash, changedBy, ipAddress, at: new Date(clock.now()) }, REMEMBERED_PASSWORDS);

  return {
    /** The hash of a new account's password: the one given, or a one-time password that is shown once. Errors: `password_refused`. */
    async initial(username: string, given?: string): Promise<{ hash: string; shown?: string }> {
      if (given !== undefined) requireGood(given, username);
      const shown = given === undefined ? newOneTimePassword() : undefined;
      return { hash: await passwords.hash(given ?? shown!), shown };
    },

    remember,

    /** Changes one's own password; every other session of the account ends. Errors: as signing in, and `password_refused`. */
    async change(who: Principal, { currentPassword, newPassword }: { currentPassword: string; newPassword: string }, from: From): Promise<Grant> {
      requireGood(newPassword, who.username);
      await credentials.prove({ username: who.username, password: currentPassword }, from, async (tx, user) => {
        await requireNew(tx, user, newPassword);
        const passwordHash = await passwords.hash(newPassword);
        await users.update(tx, user.id, { password_hash: passwordHash, must_change_password: false });
        await remember(tx, user.id, passwordHash, who.username, from.ipAddress);
        await sessions.revoke(tx, user.id, { spare: who.sessionId });
        await audit.record(tx, who, 'password.changed', user.username);
      });
      await sessions.settled();
      return sessions.current(who);
    },

    /** Gives an account a one-time password, unlocks it and ends its sessions. Returns the password, to be shown once. */
    async reset(tx: Tx, user: UserRow, actor: Actor): Promise<string> {
      const password = newOneTimePassword();
      const passwordHash = await passwords.hash(password);
      await users.update(tx, user.id, { password_hash: passwordHash, must_change_password: true, login_attempts: 0, lock_count: 0, locked_until: null });
      await remember(tx, user.id, passwordHash, actor?.username ?? 'command line', actor?.ipAddress ?? null);
      await sessions.revoke(tx, user.id);
      await audit.record(tx, actor, 'password.reset', user.username);
      return password;
    },
  };
};
