import { sql } from 'kysely';
import { openFolders, readableBy, type Reader } from '#access';
import type { Db, Tx } from '#db';

/** Folders that are open to the reader. */
const selectFolders = (db: Db, who: Reader) =>
  db
    .selectFrom('folders as f')
    .leftJoin('admin_users as u', 'u.id', 'f.owner_id')
    .select([
      'f.id',
      'f.parent_id',
      'f.kind',
      'f.name',
      'f.owner_id',
      'f.inherits',
      'u.username as owner_name',
      sql<boolean>`f.id in ${openFolders(who, 'write')}`.as('writable'),
      sql<number>`(select count(*)::int from documents d
        where d.folder_id = f.id and d.deleted_at is null and d.version_of is null and ${readableBy(who, 'd')})`.as('documents'),
    ])
    .where('f.workspace_id', '=', who.workspaceId)
    .where('f.id', 'in', openFolders(who));

const find = (db: Db, who: Reader, id: string) => selectFolders(db, who).where('f.id', '=', id).executeTakeFirst();
export type FolderRow = NonNullable<Awaited<ReturnType<typeof find>>>;

/** Statements on folders. None shows or changes one that is closed to the reader. */
export const foldersRepository = {
  find,

  list: (db: Db, who: Reader) =>
    selectFolders(db, who)
      .orderBy(sql`array_position(array['shared', 'private', 'folder'], f.kind::text)`)
      .orderBy(sql`lower(f.name)`)
      .orderBy('f.id')
      .execute(),

  /** One change of the tree at a time: two moves at once could make a ring. */
  lockTree: (tx: Tx, { workspaceId }: Reader) => sql`select pg_advisory_xact_lock(hashtextextended('folders:' || ${workspaceId}, 0))`.execute(tx),

  insert: (tx: Tx, row: { workspace_id: string; parent_id: string; name: string; owner_id: number }) =>
    tx.insertInto('folders').values(row).returning('id').executeTakeFirstOrThrow(),

  update: (tx: Tx, id: string, change: { name?: string; parent_id?: string }) => tx.updateTable('folders').set(change).where('id', '=', id).execute(),

  remove: (tx: Tx, id: string) => tx.deleteFrom('folders').where('id', '=', id).execute(),

  /** Whether `id` is `folderId` or stands somewhere below it. */
  async isWithin(tx: Tx, id: string, folderId: string): Promise<boolean> {
    const { rows } = await sql`
      with recursive above as (
        select f.id, f.parent_id from folders f where f.id = ${id}::uuid
        union select p.id, p.parent_id from folders p join above on p.id = above.parent_id
      ) select 1 from above where id = ${folderId}::uuid`.execute(tx);
    return rows.length > 0;
  },

  /** All that is in it, whoever may see it; also what was deleted and is not yet purged. */
  async countContents(tx: Tx, id: string): Promise<{ documents: number; folders: number }> {
    const { rows } = await sql<{ documents: number; folders: number }>`
      select (select count(*)::int from documents where folder_id = ${id}::uuid and version_of is null) as documents,
             (select count(*)::int from folders where parent_id = ${id}::uuid) as folders`.execute(tx);
    return rows[0]!;
  },
};
export type FoldersRepository = typeof foldersRepository;
