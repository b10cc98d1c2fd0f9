import type { Clock } from '#kit';
import type { Credentials, SecondFactor } from './credentials.ts';
import type { From } from './from.ts';
import type { Grant, SessionsService } from './sessions.service.ts';
import type { UsersRepository } from './users.repository.ts';

interface Needs {
  credentials: Credentials;
  sessions: Pick<SessionsService, 'open'>;
  users: Pick<UsersRepository, 'update'>;
  /** Judges the six digits that came with a sign-in. */
  secondFactor: (totp: string | undefined) => SecondFactor;
  clock: Clock;
}

export type SignInService = ReturnType<typeof createSignInService>;

export const createSignInService = ({ credentials, sessions, users, secondFactor, clock }: Needs) => ({
  /** A session for name and password (and digits). Errors: `invalid_credentials`, `totp_required`, `account_locked`, `rate_limited`. */
  signIn: ({ username, password, totp }: { username: string; password: string; totp?: string }, from: From): Promise<Grant> =>
    credentials.prove({ username, password, second: secondFactor(totp) }, from, async (tx, { id }) => {
      const user = await users.update(tx, id, { last_login: new Date(clock.now()) });
      return sessions.open(tx, user, from);
    }),
});
