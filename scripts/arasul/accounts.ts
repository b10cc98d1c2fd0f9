import { defaultSettings } from '#contracts';
import { createNotifier, type Database } from '#db';
import { readOrMakeSecret, silentLogger, systemClock } from '#kit';
import { createAccounts, toUserView, type Accounts } from '../../services/dashboard-backend/features/accounts/index.ts';
import { auditRepository, createAuditService } from '../../services/dashboard-backend/features/audit/index.ts';
import { userListRepository } from '../../services/dashboard-backend/features/users/index.ts';
import { StartProblem } from '../../services/launcher/start-problem.ts';

/** Who the audit log names for what is done here: whoever can read the data folder owns the box anyway. */
const ACTOR = { username: 'command line', ipAddress: null };
const PAGE = 200;

interface Place {
  database: Database;
  dataDir: string;
}

const withAccounts = async <T>({ database, dataDir }: Place, work: (accounts: Accounts) => Promise<T>): Promise<T> => {
  const notifier = createNotifier({ database, log: silentLogger });
  const audit = createAuditService({ database, repository: auditRepository });
  const secrets = { jwt: await readOrMakeSecret(dataDir, 'jwt-secret'), master: await readOrMakeSecret(dataDir, 'master-key') };
  const accounts = createAccounts({ database, notifier, audit, settings: { get: () => defaultSettings }, secrets, clock: systemClock, log: silentLogger });
  try {
    await notifier.ready();
    return await work(accounts);
  } finally {
    await accounts.close();
    await notifier.close();
  }
};

/** A new one-time password for the account, its sessions ended everywhere. Errors: `StartProblem`. */
export const resetPassword = (
  place: Place,
  { username, withoutTotp }: { username: string; withoutTotp: boolean },
): Promise<{ username: string; password: string; isActive: boolean }> =>
  withAccounts(place, async ({ users, passwords, totp, sessions }) => {
    const answer = await place.database.inTransaction(async (tx) => {
      const user = await users.findByName(tx, username);
      if (!user) throw new StartProblem(`There is no account named “${username}”. “npm run arasul -- users” lists them.`);
      const password = await passwords.reset(tx, user, ACTOR);
      if (withoutTotp) await totp.clear(tx, user.id);
      return { username: user.username, password, isActive: user.is_active };
    });
    await sessions.settled();
    return answer;
  });

/** One line per account, by name. */
export const listUsers = async ({ database }: Place): Promise<string[]> => {
  const rows = await userListRepository.list(database.db, { limit: PAGE });
  const now = systemClock.now();
  return rows.map((row) => {
    const user = toUserView(row, now);
    const notes = [
      user.isActive ? null : 'closed',
      user.lockedUntil && `locked until ${user.lockedUntil}`,
      user.mustChangePassword && 'must choose a password',
      user.totpEnabled && 'two-step sign-in',
      user.lastLogin ? `last signed in ${user.lastLogin}` : 'never signed in',
    ].filter(Boolean);
    return `${user.username.padEnd(24)} ${user.role.padEnd(8)} ${notes.join(', ')}`;
  });
};
