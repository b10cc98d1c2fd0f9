import { timingSafeEqual, createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Database } from '#db';
import { AppError, type Clock } from '#kit';
import type { From, Grant, PasswordsService, SessionsService, UsersRepository } from '../accounts/index.ts';
import type { Audit } from '../audit/index.ts';
import type { SetupRepository } from './setup.repository.ts';

// 40 bits of code against ten guesses a minute: 200,000 years.
const GUESSES_PER_MINUTE = 10;

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  users: Pick<UsersRepository, 'count' | 'insert' | 'update'>;
  passwords: Pick<PasswordsService, 'initial' | 'remember'>;
  sessions: Pick<SessionsService, 'open'>;
  audit: Audit;
  repository: SetupRepository;
  boxName: () => string;
  dataDir: string;
  clock: Clock;
}

/** Where the launcher writes the one-time code, and where it is removed once used. */
export const setupCodePath = (dataDir: string): string => join(dataDir, 'secrets', 'setup-code');

const digest = (code: string): Buffer =>
  createHash('sha256')
    .update(code.toUpperCase().replace(/[^A-Z0-9]/g, ''))
    .digest();

export type SetupService = ReturnType<typeof createSetupService>;

export const createSetupService = ({ database, users, passwords, sessions, audit, repository, boxName, dataDir, clock }: Needs) => {
  const guesses = new RateLimiterMemory({ points: GUESSES_PER_MINUTE, duration: 60 });
  let done = false;

  const isRequired = async (): Promise<boolean> => {
    // Accounts are never all removed: once there is an owner there always is one.
    if (!done) done = (await users.count(database.db)) > 0;
    return !done;
  };

  const alreadyDone = () => new AppError('setup_done', { message: 'This box has its owner already. Sign in instead.' });

  const requireCode = async (code: string): Promise<void> => {
    const right = await readFile(setupCodePath(dataDir), 'utf8').catch(() => '');
    if (right.trim() === '')
      throw new AppError('invalid_setup_code', { message: 'There is no one-time code to compare with. Restart Arasul; it shows a new one in its terminal.' });
    if (!timingSafeEqual(digest(code), digest(right)))
      throw new AppError('invalid_setup_code', { message: 'This is not the one-time code that Arasul shows in its terminal.' });
  };

  /** One guess. All guessers share the count: a code needs no second address. */
  const countGuess = () =>
    guesses.consume('setup').catch(({ msBeforeNext }: { msBeforeNext: number }) => {
      throw new AppError('rate_limited', { message: 'Too many wrong codes. Wait a minute and try again.', retryAfterMs: msBeforeNext });
    });

  return {
    isRequired,
    /** Lets in whoever knows the code, while the box has no owner. Errors: `invalid_setup_code`, `setup_done`, `rate_limited`. */
    async authorise(code: string): Promise<void> {
      if (!(await isRequired())) throw alreadyDone();
      await countGuess();
      await requireCode(code);
    },
    state: async (): Promise<{ required: boolean; boxName: string }> => ({ required: await isRequired(), boxName: boxName() }),

    /**
     * Makes the owner's account and signs in, once in the life of a box. Errors: `invalid_setup_code`, `setup_done`,
     * `password_refused`, `rate_limited`.
     */
    async complete({ code, username, password }: { code: string; username: string; password: string }, from: From): Promise<Grant> {
      await this.authorise(code);
      const { hash: passwordHash } = await passwords.initial(username, password);
      const grant = await database.inTransaction(async (tx) => {
        await repository.lock(tx);
        if ((await users.count(tx)) > 0) throw alreadyDone();
        const { id } = await users.insert(tx, { username, passwordHash, role: 'owner' });
        const owner = await users.update(tx, id, { last_login: new Date(clock.now()) });
        await passwords.remember(tx, id, passwordHash, username, from.ipAddress);
        await audit.record(tx, { username, ipAddress: from.ipAddress }, 'setup.completed', username);
        return sessions.open(tx, owner, from);
      });
      done = true;
      await rm(setupCodePath(dataDir), { force: true });
      return grant;
    },
  };
};
