import { sql } from 'kysely';
import type { Db, Tx } from '#db';

/** Statements on groups of people. */
export const groupsRepository = {
  list: (db: Db, workspaceId: string) =>
    db
      .selectFrom('user_groups as g')
      .select([
        'g.id',
        'g.name',
        'g.created_at',
        sql<{ id: string; name: string }[]>`coalesce((
          select json_agg(json_build_object('id', u.uid, 'name', u.username) order by lower(u.username))
          from user_group_members m join admin_users u on u.id = m.user_id where m.group_id = g.id), '[]'::json)`.as('members'),
      ])
      .where('g.workspace_id', '=', workspaceId)
      .orderBy(sql`lower(g.name)`)
      .execute(),

  insert: (tx: Tx, workspaceId: string, name: string) =>
    tx.insertInto('user_groups').values({ workspace_id: workspaceId, name }).returning('id').executeTakeFirstOrThrow(),

  lock: (tx: Tx, workspaceId: string, id: string) =>
    tx.selectFrom('user_groups').select(['id', 'name']).where('id', '=', id).where('workspace_id', '=', workspaceId).forUpdate().executeTakeFirst(),

  rename: (tx: Tx, id: string, name: string) => tx.updateTable('user_groups').set({ name }).where('id', '=', id).execute(),

  remove: (tx: Tx, id: string) => tx.deleteFrom('user_groups').where('id', '=', id).execute(),

  /** Makes these people, by public id, the group's members and no others. Returns how many of them there are. */
  async setMembers(tx: Tx, workspaceId: string, id: string, uids: readonly string[]): Promise<number> {
    const { rows } = await sql<{ id: number }>`
      select id from admin_users where workspace_id = ${workspaceId}::uuid and uid = any(${uids}::uuid[])`.execute(tx);
    const ids = rows.map((row) => row.id);
    await sql`delete from user_group_members where group_id = ${id}::uuid and not user_id = any(${ids}::int[])`.execute(tx);
    await sql`insert into user_group_members (group_id, user_id) select ${id}::uuid, unnest(${ids}::int[]) on conflict do nothing`.execute(tx);
    return ids.length;
  },
};
export type GroupsRepository = typeof groupsRepository;
