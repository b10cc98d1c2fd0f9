import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { createNotifier, openDatabase, type Database, type Notifier } from '#db';
import { silentLogger } from '#kit';
import { createDatabase, dropDatabase, withDatabase } from './admin.ts';

export interface TestDatabase extends Database {
  /** A notifier of this database; made at first use. */
  notifier(): Notifier;
  /** Closes everything and drops the database. */
  remove(): Promise<void>;
}

/** A fresh, migrated database of one's own, as a clone of the run's template. */
export const createTestDatabase = async (): Promise<TestDatabase> => {
  const { url, adminUrl } = inject('postgres');
  const name = `t_${randomBytes(6).toString('hex')}`;
  await createDatabase(adminUrl, name, 'arasul_template');
  const database = openDatabase({ url: withDatabase(url, name), log: silentLogger });
  let notifier: Notifier | undefined;
  return {
    ...database,
    notifier: () => (notifier ??= createNotifier({ database, log: silentLogger })),
    async remove() {
      await notifier?.close();
      await database.close();
      await dropDatabase(adminUrl, name);
    },
  };
};
