import type { PageQuery, Role, UserView } from '#contracts';
import { decodeCursor, isUniqueViolation, toPage, type Database, type Tx } from '#db';
import { AppError, type Clock } from '#kit';
import { roleAllows, type Principal } from '../../http/index.ts';
import { toUserView, type Accounts, type UserRow } from '../accounts/index.ts';
import type { Audit } from '../audit/index.ts';
import type { UserListRepository } from './users.repository.ts';

export interface UserChange {
  email?: string | null;
  role?: Exclude<Role, 'owner'>;
  isActive?: boolean;
  unlock?: true;
  resetPassword?: true;
  disableTotp?: true;
}

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  repository: UserListRepository;
  accounts: Pick<Accounts, 'users' | 'passwords' | 'sessions' | 'totp'>;
  audit: Audit;
  clock: Clock;
}

export type UsersService = ReturnType<typeof createUsersService>;

/** Accounts as administrators see them. Owners are changed by owners alone, and the box never loses its last one. */
export const createUsersService = ({ database, repository, accounts: { users, passwords, sessions, totp }, audit, clock }: Needs) => {
  const view = (row: UserRow): UserView => toUserView(row, clock.now());

  /** The account, and how many other owners there are. Owners are locked first, in one order: two who change each other wait, not deadlock. */
  const getForUpdate = async (tx: Tx, uid: string): Promise<UserRow & { otherOwners: number }> => {
    const owners = await repository.activeOwnersForUpdate(tx);
    const user = await repository.findForUpdate(tx, uid);
    if (!user) throw new AppError('not_found', { message: 'There is no such account.' });
    return { ...user, otherOwners: owners.filter(({ id }) => id !== user.id).length };
  };

  const requireMayChange = (who: Principal, user: UserRow): void => {
    if (user.role === 'owner' && who.role !== 'owner')
      throw new AppError('forbidden', { message: `${user.username} owns this box; only an owner can change the account.` });
  };

  const requireAnotherOwner = (user: UserRow & { otherOwners: number }, what: string): void => {
    if (user.role === 'owner' && user.otherOwners === 0)
      throw new AppError('conflict', { message: `${user.username} is the last owner and cannot be ${what}. The box needs one.` });
  };

  const requireRoleBelow = (who: Principal, role: Role): void => {
    if (!roleAllows(who.role, role)) throw new AppError('forbidden', { message: `You are ${who.role} and cannot make somebody ${role}.` });
  };

  return {
    async list({ limit, cursor, q }: PageQuery & { q?: string }) {
      const after = cursor === undefined ? undefined : (decodeCursor(cursor, 2) as [string, number]);
      return toPage(await repository.list(database.db, { q, after, limit: limit + 1 }), limit, (row) => [row.username.toLowerCase(), row.id], view);
    },

    async get(uid: string): Promise<UserView> {
      const user = await users.findByUid(database.db, uid);
      if (!user) throw new AppError('not_found', { message: 'There is no such account.' });
      return view(user);
    },

    /** Makes an account. Without a password it gets one that is shown this once and must be changed. Errors: `conflict`, `password_refused`. */
    async create(
      who: Principal,
      wanted: { username: string; email?: string; role: Exclude<Role, 'owner'>; password?: string },
    ): Promise<{ user: UserView; initialPassword?: string }> {
      requireRoleBelow(who, wanted.role);
      const initial = await passwords.initial(wanted.username, wanted.password);
      try {
        const user = await database.inTransaction(async (tx) => {
          const row = await users.insert(tx, { ...wanted, passwordHash: initial.hash, mustChangePassword: initial.shown !== undefined });
          await passwords.remember(tx, row.id, initial.hash, who.username, who.ipAddress);
          await audit.record(tx, who, 'user.created', row.username, { role: row.role });
          return row;
        });
        return { user: view(user), ...(initial.shown === undefined ? {} : { initialPassword: initial.shown }) };
      } catch (error) {
        if (isUniqueViolation(error))
          throw new AppError('conflict', {
            message: `There is an account named ${wanted.username} already. Choose another name.`,
            details: { path: 'username' },
          });
        throw error;
      }
    },

    /** Changes an account; a new role, a closed account and a reset password end its sessions everywhere. Errors: `not_found`, `forbidden`, `conflict`. */
    async change(who: Principal, uid: string, wanted: UserChange): Promise<{ user: UserView; initialPassword?: string }> {
      const answer = await database.inTransaction(async (tx) => {
        const user = await getForUpdate(tx, uid);
        requireMayChange(who, user);
        if (wanted.role !== undefined) requireRoleBelow(who, wanted.role);
        const newRole = wanted.role !== undefined && wanted.role !== user.role;
        const closes = wanted.isActive === false && user.is_active;
        if (newRole) requireAnotherOwner(user, 'given another role');
        if (closes) requireAnotherOwner(user, 'deactivated');
        await users.update(tx, user.id, {
          email: wanted.email === undefined ? user.email : wanted.email,
          role: wanted.role ?? user.role,
          is_active: wanted.isActive ?? user.is_active,
          ...(wanted.unlock ? { login_attempts: 0, lock_count: 0, locked_until: null } : {}),
        });
        if (wanted.disableTotp) await totp.clear(tx, user.id);
        if (newRole || closes) await sessions.revoke(tx, user.id);
        await audit.record(tx, who, 'user.changed', user.username, wanted);
        const initialPassword = wanted.resetPassword ? await passwords.reset(tx, user, who) : undefined;
        const after = await getForUpdate(tx, uid);
        return { user: view(after), ...(initialPassword === undefined ? {} : { initialPassword }) };
      });
      await sessions.settled();
      return answer;
    },

    /** Removes an account for good; its documents and folders are handed to whoever removes it. Errors: `not_found`, `forbidden`, `conflict`. */
    async remove(who: Principal, uid: string): Promise<void> {
      await database.inTransaction(async (tx) => {
        const user = await getForUpdate(tx, uid);
        requireMayChange(who, user);
        requireAnotherOwner(user, 'removed');
        await sessions.revoke(tx, user.id);
        const handed = await repository.handOver(tx, user, who.userId);
        await repository.remove(tx, user.id);
        await audit.record(tx, who, 'user.removed', user.username, { role: user.role, ...handed });
      });
      await sessions.settled();
    },
  };
};
