import type { PageQuery, RecalledAnswer } from '#contracts';
import { decodeCursor, toPage, type Database } from '#db';
import { AppError } from '#kit';
import type { Principal } from '../../http/index.ts';
import type { RecallsRepository } from './recalls.repository.ts';

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  repository: RecallsRepository;
}

/** Answers that cite what is not said any more, for those who asked. */
export const createRecallsService = ({ database, repository }: Needs) => ({
  async list(who: Principal, { limit, cursor, seen }: PageQuery & { seen?: boolean }) {
    const after = cursor === undefined ? undefined : (decodeCursor(cursor, 2) as [string, string]);
    const rows = await repository.list(database.db, who, { seen, after, limit: limit + 1 });
    return toPage(
      rows,
      limit,
      (row) => [row.at_exact, row.key],
      ({ at, at_exact: _exact, key: _key, ...row }): RecalledAnswer => ({ ...row, at: at.toISOString() }),
    );
  },

  /** Errors: `not_found`. */
  async see(who: Principal, messageId: string): Promise<void> {
    if (!(await database.inTransaction((tx) => repository.markSeen(tx, who, messageId))))
      throw new AppError('not_found', { message: 'No source of this answer has changed, or it is not an answer of yours.' });
  },
});
export type RecallsService = ReturnType<typeof createRecallsService>;
