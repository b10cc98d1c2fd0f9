import { sql, type RawBuilder } from 'kysely';
import type { Db } from '#db';

/**
 * On whose behalf documents are read. Without a person only what is open to everybody of the workspace can be seen. A role
 * opens nothing (docs/adr/0050-access.md): who needs a document is let in, and that is recorded.
 */
export interface Reader {
  readonly workspaceId: string;
  /** `admin_users.id` */
  readonly userId: number | null;
}

type Level = 'read' | 'write';

const openTo = ({ workspaceId, userId }: Reader, alias: string, level: Level): RawBuilder<boolean> => {
  const column = (name: string) => sql.ref(`${alias}.${name}`);
  const who = sql`${workspaceId}::uuid, ${userId}::integer, ${level}::text`;
  return sql<boolean>`(${column('workspace_id')} = ${workspaceId}::uuid and (
    ${column('owner_id')} = ${userId}::integer
    or ${column('inherits')} and ${column('folder_id')} in (select open_folders(${who}))
    or coalesce(${column('version_of')}, ${column('id')}) in (select open_documents(${who}))))`;
};

/** True for the documents (rows of `documents` under `alias`) that the reader may read: the one rule, for every statement that shows one. */
export const readableBy = (reader: Reader, alias = 'documents'): RawBuilder<boolean> => openTo(reader, alias, 'read');

/** True for the documents that the reader may change. */
export const writableBy = (reader: Reader, alias = 'documents'): RawBuilder<boolean> => openTo(reader, alias, 'write');

/** True for what is said now, or was said at `asOf`: the version of a document that was the newest then. */
export const currentAt = (asOf: Date | undefined, alias = 'documents'): RawBuilder<boolean> => {
  const [from, until] = [sql.ref(`${alias}.valid_from`), sql.ref(`${alias}.valid_until`)];
  if (asOf === undefined) return sql<boolean>`(${from} is not null and ${until} is null)`;
  return sql<boolean>`(${from} <= ${asOf} and (${until} is null or ${until} > ${asOf}))`;
};

/** What a reader may see, as an index can compare it: few folders and single documents instead of a list of all that is readable. */
export interface OpenScope {
  readonly userId: number | null;
  readonly folderIds: readonly string[];
  readonly documentIds: readonly string[];
  /** Only what stands in these folders, when some were named: they and all below them. */
  readonly within?: readonly string[];
}

/** Read anew for each search: a grant or its revocation counts from the next search on. */
export const openScope = async (db: Db, { workspaceId, userId }: Reader, folderIds?: readonly string[]): Promise<OpenScope> => {
  const who = sql`${workspaceId}::uuid, ${userId}::integer, 'read'`;
  const { rows } = await sql<{ folders: string[]; documents: string[]; within: string[] }>`
    with recursive below as (
      select id from folders where id = any(${folderIds ?? []}::uuid[]) and workspace_id = ${workspaceId}::uuid
      union select child.id from folders child join below on child.parent_id = below.id
    )
    select array(select open_folders(${who})) as folders, array(select open_documents(${who})) as documents, array(select id from below) as within`.execute(db);
  const { folders, documents, within } = rows[0]!;
  return { userId, folderIds: folders, documentIds: documents, ...(folderIds === undefined ? {} : { within }) };
};
