import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Database, Db, Tx } from '#db';
import { AppError, isAppError, type Clock } from '#kit';
import type { Audit } from '../audit/index.ts';
import type { From } from './from.ts';
import { createTurns, inWords, lockDurationMs } from './lockout.ts';
import type { Passwords } from './passwords.ts';
import { createUnknownNames } from './unknown-names.ts';
import type { UserRow, UsersRepository } from './users.repository.ts';

// An office behind one address mistypes too; a guesser of names needs thousands.
const FAILURES_PER_ADDRESS = 60;
const FAILURES_WINDOW_S = 600;

export type SecondFactor = (user: UserRow) => Promise<'wrong_totp' | 'totp_required' | null>;

export interface Proof {
  username: string;
  password: string;
  /** Judged after the password: `wrong_totp` counts as a failure, `totp_required` does not, null is right. */
  second?: SecondFactor;
}

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  users: UsersRepository;
  passwords: Passwords;
  audit: Audit;
  lockAfterAttempts: () => number;
  clock: Clock;
}

const wrong = () =>
  new AppError('invalid_credentials', { message: 'This name and password do not belong together. Check both; capital letters matter in the password.' });

const locked = (until: number, now: number) =>
  new AppError('account_locked', {
    message: `Too many wrong passwords: this account is locked for ${inWords(until - now)}. Wait, or ask an administrator to unlock it.`,
    details: { lockedUntil: new Date(until).toISOString() },
    retryAfterMs: until - now,
  });

export type Credentials = ReturnType<typeof createCredentials>;

/**
 * Judges name and password, counts what goes wrong, locks, and writes every attempt down. Neither an answer nor its time
 * tells whether a name exists: an unknown one is hashed, counted and locked alike.
 */
export const createCredentials = ({ database, users, passwords, audit, lockAfterAttempts, clock }: Needs) => {
  const turns = createTurns();
  const unknownNames = createUnknownNames({ lockAfterAttempts });
  const byAddress = new RateLimiterMemory({ points: FAILURES_PER_ADDRESS, duration: FAILURES_WINDOW_S });

  const record = (db: Db, { username }: Proof, from: From, reason: string | null) =>
    users.recordAttempt(db, { username, ...from, success: reason === null, reason, at: new Date(clock.now()) });

  /** Counts an attempt of an address before it is judged, so that a thousand at once are no way around; a success is given back. */
  const admit = (proof: Proof, from: From): Promise<unknown> =>
    byAddress.consume(from.ipAddress).catch(async ({ msBeforeNext }: { msBeforeNext: number }) => {
      await record(database.db, proof, from, 'rate_limited');
      throw new AppError('rate_limited', {
        message: `Too many failed sign-ins from ${from.ipAddress}. Try again in ${inWords(msBeforeNext)}.`,
        retryAfterMs: msBeforeNext,
      });
    });

  const countFailure = (user: UserRow, proof: Proof, from: From, reason: string): Promise<void> =>
    database.inTransaction(async (tx) => {
      const { login_attempts: failures, lock_count: locks } = await users.countFailure(tx, user.id);
      await record(tx, proof, from, reason);
      if (failures < lockAfterAttempts()) return;
      const until = new Date(clock.now() + lockDurationMs(locks));
      await users.lock(tx, user.id, until);
      await audit.record(tx, { username: user.username, ipAddress: from.ipAddress }, 'account.locked', user.username, { until: until.toISOString(), failures });
    });

  const refuseLocked = async (until: number, proof: Proof, from: From): Promise<void> => {
    const now = clock.now();
    if (until <= now) return;
    await record(database.db, proof, from, 'locked');
    throw locked(until, now);
  };

  const judgeUnknown = async (proof: Proof, from: From): Promise<never> => {
    const name = proof.username.toLowerCase();
    await refuseLocked(unknownNames.lockedUntil(name), proof, from);
    await passwords.matches(proof.password, null);
    unknownNames.countFailure(name, clock.now());
    await record(database.db, proof, from, 'unknown_user');
    throw wrong();
  };

  const judge = async <T>(proof: Proof, from: From, accept: (tx: Tx, user: UserRow) => Promise<T>): Promise<T> => {
    const user = await users.findByName(database.db, proof.username);
    if (!user) return judgeUnknown(proof, from);
    await refuseLocked(user.locked_until?.getTime() ?? 0, proof, from);
    const matches = await passwords.matches(proof.password, user.password_hash);
    const reason = !matches ? 'wrong_password' : !user.is_active ? 'inactive' : ((await proof.second?.(user)) ?? null);
    if (reason === 'totp_required') {
      await record(database.db, proof, from, reason);
      throw new AppError('totp_required', { message: 'This account asks for the six digits of its authenticator app too.' });
    }
    if (reason !== null) {
      await countFailure(user, proof, from, reason);
      throw wrong();
    }
    const accepted = await database.inTransaction(async (tx) => {
      const unlocked = await users.acceptPassword(tx, user.id, user.password_hash, new Date(clock.now()));
      if (!unlocked) return null;
      await record(tx, proof, from, null);
      return { result: await accept(tx, unlocked) };
    });
    if (accepted) return accepted.result;
    // Another process locked, changed or closed the account while this one hashed: judge again by what is there now.
    return judge(proof, from, accept);
  };

  return {
    /**
     * Runs `accept` in the transaction that accepts the password. Errors: `invalid_credentials`, `totp_required`,
     * `account_locked`, `rate_limited`.
     */
    async prove<T>(proof: Proof, from: From, accept: (tx: Tx, user: UserRow) => Promise<T>): Promise<T> {
      await admit(proof, from);
      try {
        const accepted = await turns(proof.username.toLowerCase(), () => judge(proof, from, accept));
        await byAddress.reward(from.ipAddress);
        return accepted;
      } catch (error) {
        // Somebody whose account is locked, or who has yet to send the digits, guessed nothing; nor did anybody while the database was away.
        if (!isAppError(error, 'invalid_credentials')) await byAddress.reward(from.ipAddress);
        throw error;
      }
    },
  };
};
