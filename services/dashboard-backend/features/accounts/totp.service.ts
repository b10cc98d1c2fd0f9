import { Secret, TOTP } from 'otpauth';
import type { Database, Db, Tx } from '#db';
import { AppError, type Clock, type SecretBox } from '#kit';
import type { Principal } from '../../http/index.ts';
import type { Audit } from '../audit/index.ts';
import type { SecondFactor } from './credentials.ts';
import type { UserRow, UsersRepository } from './users.repository.ts';

const PERIOD_S = 30;
/** Steps that a phone's clock may be off, either way. */
const WINDOW_STEPS = 1;
const PURPOSE = 'totp';

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  users: UsersRepository;
  secretBox: SecretBox;
  audit: Audit;
  boxName: () => string;
  clock: Clock;
}

const wrongDigits = () =>
  new AppError('validation_failed', {
    message: '`code`: These are not the digits of this moment, or they were used. Wait for the next ones, and check the clock of the phone.',
    details: { in: 'body', problems: [{ path: 'code', message: 'Wrong digits.' }] },
  });

export type TotpService = ReturnType<typeof createTotpService>;

/** Six digits every 30 seconds (RFC 6238), from a secret that is kept encrypted. */
export const createTotpService = ({ database, users, secretBox, audit, boxName, clock }: Needs) => {
  /** The time step that `digits` belong to, or null when they are wrong. */
  const stepOf = (user: UserRow, digits: string): number | null => {
    if (!user.totp_secret_encrypted) return null;
    const totp = new TOTP({ secret: Secret.fromBase32(secretBox.open(user.totp_secret_encrypted, PURPOSE)), period: PERIOD_S });
    const now = clock.now();
    const delta = totp.validate({ token: digits, timestamp: now, window: WINDOW_STEPS });
    return delta === null ? null : Math.floor(now / 1000 / PERIOD_S) + delta;
  };

  const accept = async (db: Db, user: UserRow, digits: string): Promise<boolean> => {
    const step = stepOf(user, digits);
    return step !== null && users.useTotpStep(db, user.id, step);
  };

  const own = async (who: Principal): Promise<UserRow> => {
    const user = await users.findById(database.db, who.userId);
    if (!user) throw new AppError('not_found', { message: 'This account is gone.' });
    return user;
  };

  const clear = (tx: Tx, userId: number) => users.update(tx, userId, { totp_enabled: false, totp_secret_encrypted: null, totp_last_step: null });

  return {
    clear,

    /** Judges the digits that came with a password, for accounts that ask for them. */
    secondFactor:
      (digits: string | undefined): SecondFactor =>
      async (user) => {
        if (!user.totp_enabled) return null;
        if (!digits) return 'totp_required';
        return (await accept(database.db, user, digits.replaceAll(' ', ''))) ? null : 'wrong_totp';
      },

    /** A new secret, shown this once; it counts when `confirm` has seen a code made from it. Errors: `conflict` when it is on already. */
    async enrol(who: Principal): Promise<{ secret: string; uri: string }> {
      const user = await own(who);
      if (user.totp_enabled) throw new AppError('conflict', { message: 'Two-step sign-in is on already. Turn it off first to use another device.' });
      const secret = new Secret({ size: 20 });
      await users.update(database.db, user.id, { totp_secret_encrypted: secretBox.seal(secret.base32, PURPOSE), totp_last_step: null });
      return { secret: secret.base32, uri: new TOTP({ secret, issuer: boxName(), label: user.username, period: PERIOD_S }).toString() };
    },

    /** Turns two-step sign-in on. Errors: `validation_failed` for wrong digits, `conflict` without an enrolment. */
    async confirm(who: Principal, digits: string): Promise<void> {
      const user = await own(who);
      if (user.totp_enabled || !user.totp_secret_encrypted) throw new AppError('conflict', { message: 'There is no enrolment to confirm; begin again.' });
      await database.inTransaction(async (tx) => {
        if (!(await accept(tx, user, digits))) throw wrongDigits();
        await users.update(tx, user.id, { totp_enabled: true });
        await audit.record(tx, who, 'totp.enabled', user.username);
      });
    },

    /** Turns it off again, for who can still make the digits. Errors: `validation_failed`. */
    async disable(who: Principal, digits: string): Promise<void> {
      const user = await own(who);
      if (!user.totp_enabled) return;
      await database.inTransaction(async (tx) => {
        if (!(await accept(tx, user, digits))) throw wrongDigits();
        await clear(tx, user.id);
        await audit.record(tx, who, 'totp.disabled', user.username);
      });
    },
  };
};
