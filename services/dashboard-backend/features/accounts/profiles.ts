import type { UserView } from '#contracts';
import type { Database, Notifier } from '#db';
import { AppError, type Clock } from '#kit';
import type { UserRow, UsersRepository } from './users.repository.ts';
import { toUserView } from './user-view.ts';

interface Needs {
  database: Pick<Database, 'db'>;
  notifier: Pick<Notifier, 'subscribe' | 'onReconnect' | 'isListening'>;
  users: Pick<UsersRepository, 'findById'>;
  clock: Clock;
}

/** People's own accounts as the dashboard shows them on every page: remembered until a signal says that one changed. */
export const createProfiles = ({ database, notifier, users, clock }: Needs) => {
  const known = new Map<number, UserRow>();
  // Counts what was forgotten: a row that was on its way meanwhile must not be remembered.
  let forgotten = 0;
  const forget = (userId?: number) => {
    forgotten += 1;
    if (userId === undefined) known.clear();
    else known.delete(userId);
  };
  const subscriptions = [notifier.subscribe('user.changed', ({ userId }) => forget(userId)), notifier.onReconnect(() => forget())];

  return {
    /** Errors: `unauthenticated` when the account is gone. */
    async get(userId: number): Promise<UserView> {
      const row = notifier.isListening() ? known.get(userId) : undefined;
      if (row) return toUserView(row, clock.now());
      const before = forgotten;
      const found = await users.findById(database.db, userId);
      if (!found) throw new AppError('unauthenticated', { message: 'This account is gone.' });
      if (notifier.isListening() && before === forgotten) known.set(userId, found);
      return toUserView(found, clock.now());
    },
    close() {
      for (const unsubscribe of subscriptions) unsubscribe();
    },
  };
};
