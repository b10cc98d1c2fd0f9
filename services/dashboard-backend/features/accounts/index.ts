import type { Settings } from '#contracts';
import type { Database, Notifier } from '#db';
import { createSecretBox, type Clock, type Logger } from '#kit';
import type { Authenticate } from '../../http/index.ts';
import type { Audit } from '../audit/index.ts';
import { createActivity } from './activity.ts';
import { apiKeysRepository } from './api-keys.repository.ts';
import { createApiKeysService, type ApiKeysService } from './api-keys.service.ts';
import { createCredentials } from './credentials.ts';
import { createIdentity } from './identity.ts';
import { createPasswordsService, type PasswordsService } from './passwords.service.ts';
import { createPasswords } from './passwords.ts';
import { createProfiles } from './profiles.ts';
import { sessionsRepository } from './sessions.repository.ts';
import { createSessionsService, type SessionsService } from './sessions.service.ts';
import { createSignInService, type SignInService } from './sign-in.service.ts';
import { createTokens } from './tokens.ts';
import { createTotpService, type TotpService } from './totp.service.ts';
import { usersRepository, type UsersRepository } from './users.repository.ts';

export { accountRoutes, handOver } from './accounts.routes.ts';
export { fromOf, type From } from './from.ts';
export { toUserView } from './user-view.ts';
export type { PasswordsService, SessionsService, UsersRepository };
export type { UserRow } from './users.repository.ts';
export type { Grant } from './sessions.service.ts';

interface Needs {
  database: Database;
  notifier: Notifier;
  audit: Audit;
  settings: { get(): Settings };
  secrets: { jwt: Buffer; master: Buffer };
  clock: Clock;
  log: Logger;
  bcryptCost?: number;
}

export interface Accounts {
  authenticate: Authenticate;
  signIn: SignInService;
  sessions: SessionsService;
  passwords: PasswordsService;
  totp: TotpService;
  apiKeys: ApiKeysService;
  users: UsersRepository;
  profiles: Pick<ReturnType<typeof createProfiles>, 'get'>;
  close(): Promise<void>;
}

const SWEEP_EVERY_MS = 3_600_000;
const ATTEMPTS_KEPT_MS = 90 * 86_400_000;

/** Everything about who somebody is: passwords, sessions, keys, digits. */
export const createAccounts = ({ database, notifier, audit, settings, secrets, clock, log, bcryptCost }: Needs): Accounts => {
  const users = usersRepository;
  const boxName = () => settings.get().general.boxName;
  const lockAfterAttempts = () => settings.get().accounts.lockAfterAttempts;

  const profiles = createProfiles({ database, notifier, users, clock });
  const tokens = createTokens({ secret: secrets.jwt, clock });
  const activity = createActivity({ database, sessions: sessionsRepository, keys: apiKeysRepository, clock, log });
  const identity = createIdentity({ database, notifier, tokens, sessions: sessionsRepository, keys: apiKeysRepository, activity, clock });
  const hashes = createPasswords({ cost: bcryptCost });
  const sessions = createSessionsService({
    database,
    notifier,
    sessions: sessionsRepository,
    users,
    tokens,
    sessionHours: () => settings.get().accounts.sessionHours,
    clock,
  });
  const credentials = createCredentials({ database, users, passwords: hashes, audit, lockAfterAttempts, clock });
  const passwords = createPasswordsService({ users, passwords: hashes, credentials, sessions, audit, boxName, clock });
  const totp = createTotpService({ database, users, secretBox: createSecretBox(secrets.master), audit, boxName, clock });
  const signIn = createSignInService({ credentials, sessions, users, secondFactor: totp.secondFactor, clock });
  const apiKeys = createApiKeysService({ database, notifier, keys: apiKeysRepository, audit, clock });

  const sweep = () =>
    Promise.all([sessions.sweep(), users.forgetAttemptsBefore(database.db, new Date(clock.now() - ATTEMPTS_KEPT_MS))]).catch((error: unknown) =>
      log.debug({ error }, 'expired sessions and attempts were not removed'),
    );
  const timer = setInterval(() => void sweep(), SWEEP_EVERY_MS).unref();

  return {
    authenticate: identity.authenticate,
    signIn,
    sessions,
    passwords,
    totp,
    apiKeys,
    users,
    profiles,
    async close() {
      clearInterval(timer);
      identity.close();
      profiles.close();
      await activity.close();
    },
  };
};
