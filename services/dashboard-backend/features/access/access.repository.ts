import { sql } from 'kysely';
import type { AccessLevel } from '#contracts';
import { openFolders, type Reader } from '#access';
import type { Db, Tx } from '#db';

/** What a grant opens. */
export interface Target {
  readonly kind: 'folder' | 'document';
  readonly id: string;
}

/** Whom it lets in: everybody of the workspace when both are null. */
export interface GrantRow {
  readonly folder_id: string | null;
  readonly document_id: string | null;
  readonly everyone: boolean;
  readonly group_id: string | null;
  readonly user_id: number | null;
  readonly level: string;
}

export interface FolderAbove {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly inherits: boolean;
  readonly owner_id: number | null;
  readonly owner_name: string | null;
  /** Whether the asking person may read it. */
  readonly is_open: boolean;
}

const selectGrants = (db: Db) =>
  db
    .selectFrom('access_grants as g')
    .leftJoin('user_groups as ug', 'ug.id', 'g.group_id')
    .leftJoin('admin_users as u', 'u.id', 'g.user_id')
    .select(['g.id', 'g.folder_id', 'g.document_id', 'g.everyone', 'g.group_id', 'g.user_id', 'g.level', 'ug.name as group_name', 'u.username', 'u.uid'])
    .orderBy('g.everyone', 'desc')
    .orderBy('g.group_id')
    .orderBy('g.user_id');
export type NamedGrant = Awaited<ReturnType<ReturnType<typeof selectGrants>['execute']>>[number];

/** Statements on who may see what. They check nobody: the service has asked first. */
export const accessRepository = {
  grantsOn: (db: Db, { folderIds, documentId }: { folderIds: readonly string[]; documentId?: string }) =>
    selectGrants(db)
      .where((eb) =>
        eb.or([eb('g.folder_id', '=', sql<string>`any(${folderIds}::uuid[])`), ...(documentId === undefined ? [] : [eb('g.document_id', '=', documentId)])]),
      )
      .execute(),

  /** A folder and all above it, the nearest first. */
  async chain(db: Db, who: Reader, folderId: string): Promise<FolderAbove[]> {
    const { rows } = await sql<FolderAbove>`
      with recursive above as (
        select f.id, f.parent_id, 0 as height from folders f where f.id = ${folderId}::uuid
        union select p.id, p.parent_id, height + 1 from folders p join above on p.id = above.parent_id where height < 1000
      )
      select f.id, f.name, f.kind, f.inherits, f.owner_id, u.username as owner_name, f.id in ${openFolders(who)} as is_open
      from above join folders f on f.id = above.id left join admin_users u on u.id = f.owner_id order by height`.execute(db);
    return rows;
  },

  lock: (tx: Tx, { kind, id }: Target) =>
    tx
      .selectFrom(kind === 'folder' ? 'folders' : 'documents')
      .select('id')
      .where('id', '=', id)
      .forUpdate()
      .execute(),

  setInherits: (tx: Tx, { kind, id }: Target, inherits: boolean) =>
    tx
      .updateTable(kind === 'folder' ? 'folders' : 'documents')
      .set({ inherits })
      .where('id', '=', id)
      .where('inherits', '<>', inherits)
      .execute(),

  addGrant: (
    tx: Tx,
    workspaceId: string,
    { kind, id }: Target,
    { to, level, by }: { to: { everyone?: true; group_id?: string; user_id?: number }; level: AccessLevel; by: string },
  ) =>
    tx
      .insertInto('access_grants')
      .values({ workspace_id: workspaceId, [kind === 'folder' ? 'folder_id' : 'document_id']: id, everyone: false, ...to, level, granted_by: by })
      .onConflict((conflict) => conflict.columns(['folder_id', 'document_id', 'everyone', 'group_id', 'user_id']).doUpdateSet({ level, granted_by: by }))
      .execute(),

  removeGrants: (tx: Tx, ids: readonly string[]) =>
    tx
      .deleteFrom('access_grants')
      .where('id', 'in', [...ids])
      .execute(),

  /** People of the workspace by name, with the groups that they are in. */
  people: (db: Db, workspaceId: string) =>
    db
      .selectFrom('admin_users as u')
      .select([
        'u.id',
        'u.uid',
        'u.username',
        'u.is_active',
        sql<string[]>`array(select m.group_id::text from user_group_members m where m.user_id = u.id)`.as('group_ids'),
      ])
      .where('u.workspace_id', '=', workspaceId)
      .orderBy(sql`lower(u.username)`)
      .execute(),

  /** A document, whoever may see it, also deleted: for explaining to administrators. */
  findDocument: (db: Db, workspaceId: string, { documentId, passageId }: { documentId?: string; passageId?: string }) =>
    db
      .selectFrom('documents as d')
      .leftJoin('documents as o', 'o.id', 'd.duplicate_of')
      .leftJoin('admin_users as u', 'u.id', 'd.owner_id')
      .select(['d.id', 'd.filename', 'd.folder_id', 'd.inherits', 'd.owner_id', 'd.deleted_at', 'd.version_of', 'u.username as owner_name'])
      .select((eb) => [eb.fn.coalesce('o.status', 'd.status').as('status'), eb.fn.coalesce('o.chunk_count', 'd.chunk_count').as('chunk_count')])
      .where('d.workspace_id', '=', workspaceId)
      .$if(documentId !== undefined, (query) => query.where('d.id', '=', documentId!))
      .$if(passageId !== undefined, (query) =>
        query.where('d.id', '=', (eb) => eb.selectFrom('document_chunks').select('document_id').where('id', '=', passageId!)),
      )
      .executeTakeFirst(),

  /** The latest acts that changed who may see a document, newest first. */
  changes: (db: Db, { documentId, folderIds, groupIds }: { documentId: string; folderIds: readonly string[]; groupIds: readonly string[] }) =>
    db
      .selectFrom('audit_log')
      .select(['at', 'actor', 'action', 'subject'])
      .where('action', 'in', ['access.changed', 'document.moved', 'folder.moved', 'group.changed', 'group.removed'])
      .where(
        sql<boolean>`(details ->> 'documentId' = ${documentId} or details ->> 'folderId' = any(${folderIds}::text[]) or details ->> 'groupId' = any(${groupIds}::text[]))`,
      )
      .orderBy('at', 'desc')
      .limit(20)
      .execute(),
};
export type AccessRepository = typeof accessRepository;
