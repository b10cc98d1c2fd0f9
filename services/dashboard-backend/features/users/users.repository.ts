import { sql } from 'kysely';
import type { Db, Tx } from '#db';

/** Statements on accounts that administration needs. */
export const userListRepository = {
  findForUpdate: (tx: Tx, uid: string) => tx.selectFrom('admin_users').selectAll().where('uid', '=', uid).forUpdate().executeTakeFirst(),

  activeOwnersForUpdate: (tx: Tx) =>
    tx.selectFrom('admin_users').select('id').where('role', '=', 'owner').where('is_active', '=', true).orderBy('id').forUpdate().execute(),

  /** By name; `after` is the last row of the page before. */
  list: (db: Db, { q, after, limit }: { q?: string; after?: [string, number]; limit: number }) =>
    db
      .selectFrom('admin_users')
      .selectAll()
      .$if(q !== undefined && q !== '', (query) => query.where(sql<boolean>`position(lower(${q!}) in lower(concat_ws(' ', username, email))) > 0`))
      .$if(after !== undefined, (query) => query.where(sql<boolean>`(lower(username), id) > (${after![0]}, ${after![1]}::int)`))
      .orderBy(sql`lower(username)`)
      .orderBy('id')
      .limit(limit)
      .execute(),

  remove: (tx: Tx, id: number) => tx.deleteFrom('admin_users').where('id', '=', id).execute(),
};
export type UserListRepository = typeof userListRepository;
