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

  /** Makes all that one account owns another's; its private folder becomes one in the other's. Otherwise what was closed to all others would be lost with it. */
  async handOver(tx: Tx, from: { id: number; username: string }, toId: number): Promise<{ documents: number }> {
    const { numUpdatedRows } = await tx.updateTable('documents').set({ owner_id: toId }).where('owner_id', '=', from.id).executeTakeFirstOrThrow();
    await tx.updateTable('folders').set({ owner_id: toId }).where('owner_id', '=', from.id).where('kind', '=', 'folder').execute();
    await sql`
      update folders f set kind = 'folder', owner_id = ${toId}, parent_id = heir.id,
        name = case when exists (select 1 from folders o where o.parent_id = heir.id and lower(o.name) = lower(${from.username}::text))
          then ${from.username}::text || ' ' || f.id else ${from.username}::text end
      from folders heir where heir.kind = 'private' and heir.owner_id = ${toId} and f.kind = 'private' and f.owner_id = ${from.id}`.execute(tx);
    return { documents: Number(numUpdatedRows) };
  },

  remove: (tx: Tx, id: number) => tx.deleteFrom('admin_users').where('id', '=', id).execute(),
};
export type UserListRepository = typeof userListRepository;
