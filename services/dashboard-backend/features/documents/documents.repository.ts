import { sql } from 'kysely';
import { openFolders, readableBy, writableBy } from '#access';
import type { Db, Tx } from '#db';
import type { DocumentView } from '#contracts';
import type { Principal } from '../../http/index.ts';

export type Sort = 'newest' | 'oldest' | 'name' | 'size';

/** A document that is open to the reader and, where it is linked to another one, that one's state. */
const selectDocuments = (db: Db, who: Pick<Principal, 'workspaceId' | 'userId'>) =>
  db
    .selectFrom('documents as d')
    .leftJoin('documents as o', 'o.id', 'd.duplicate_of')
    .leftJoin('admin_users as u', 'u.id', 'd.owner_id')
    .leftJoin('documents as c', (join) => join.onRef('c.id', '=', 'd.parent_id').on('c.deleted_at', 'is', null).on(readableBy(who, 'c')))
    .select((eb) => [
      'd.id',
      'd.filename',
      'd.original_name',
      'd.mime_type',
      'd.size_bytes',
      'd.sha256',
      'd.minio_path',
      'd.owner_id',
      'd.folder_id',
      sql<string | null>`case when d.folder_id in ${openFolders(who)} then d.folder_id end`.as('visible_folder_id'),
      'd.inherits',
      'd.duplicate_of',
      'd.version_of',
      'd.revision',
      'd.valid_from',
      'd.valid_until',
      'd.created_at',
      'd.version',
      'd.deleted_at',
      'u.username as owner_name',
      sql<string>`to_char(d.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`.as('created_exact'),
      eb.fn.coalesce('o.id', 'd.id').as('source_id'),
      eb.fn.coalesce('o.status', 'd.status').as('status'),
      eb.fn.coalesce('o.stage', 'd.stage').as('stage'),
      eb.fn.coalesce('o.progress', 'd.progress').as('progress'),
      eb.fn.coalesce('o.page_count', 'd.page_count').as('page_count'),
      eb.fn.coalesce('o.pages_read', 'd.pages_read').as('pages_read'),
      eb.fn.coalesce('o.chunk_count', 'd.chunk_count').as('chunk_count'),
      eb.fn.coalesce('o.embedded_count', 'd.embedded_count').as('embedded_count'),
      eb.fn.coalesce('o.language', 'd.language').as('language'),
      eb.fn.coalesce('o.error_code', 'd.error_code').as('error_code'),
      eb.fn.coalesce('o.error_message', 'd.error_message').as('error_message'),
      eb.fn.coalesce('o.error_page', 'd.error_page').as('error_page'),
      eb.fn.coalesce('o.indexed_at', 'd.indexed_at').as('indexed_at'),
      sql<
        DocumentView['pictures']
      >`(select case when count(*) = 0 then null else json_build_object('pages', count(*), 'due', count(*) filter (where ocr = 'due'),
        'failed', count(*) filter (where ocr = 'failed'), 'confidence', avg(confidence)) end
        from document_pages where document_id = coalesce(o.id, d.id) and ocr is not null)`.as('pictures'),
      sql<string[]>`coalesce(o.warnings, d.warnings)`.as('warnings'),
      // What has the same content may be somebody's own; then nothing is told of it.
      sql<string | null>`case when ${readableBy(who, 'o')} then o.id end`.as('visible_duplicate_of'),
      writableBy(who, 'd').as('writable'),
      sql<boolean>`coalesce(${writableBy(who, 'o')}, false)`.as('source_writable'),
      sql<number>`(select count(*)::integer from documents v where v.version_of = coalesce(d.version_of, d.id) and v.deleted_at is null and v.valid_from is not null)`.as(
        'earlier',
      ),
      sql<boolean>`exists (select from documents v where v.version_of = d.id and v.deleted_at is null and v.valid_from is null)`.as('has_coming'),
      'd.archive_path',
      'c.id as parent_id',
      'c.filename as parent_name',
      sql<number>`(select count(*)::integer from documents a where a.parent_id = coalesce(o.id, d.id) and a.deleted_at is null)`.as('attachments'),
    ])
    .where(readableBy(who, 'd'));

const find = (db: Db, who: Principal, id: string) => selectDocuments(db, who).where('d.id', '=', id).where('d.deleted_at', 'is', null).executeTakeFirst();
export type DocumentRow = NonNullable<Awaited<ReturnType<typeof find>>>;

/** The columns that a sort goes by; both together are unique. */
const orders = {
  newest: { key: sql`d.created_at`, cast: sql`timestamptz`, direction: 'desc' },
  oldest: { key: sql`d.created_at`, cast: sql`timestamptz`, direction: 'asc' },
  name: { key: sql`lower(d.filename)`, cast: sql`text`, direction: 'asc' },
  size: { key: sql`d.size_bytes`, cast: sql`bigint`, direction: 'desc' },
} as const;

/** A folder and all below it, whoever may see them. */
const foldersBelow = (folderId: string) =>
  sql<string>`(with recursive below as (
    select id from folders where id = ${folderId}::uuid union select child.id from folders child join below on child.parent_id = below.id
  ) select id from below)`;

/** What the cursor keeps of a page's last row. */
export const sortKey = (row: DocumentRow, sort: Sort): [string | number, string] => {
  if (sort === 'name') return [row.filename.toLowerCase(), row.id];
  return [sort === 'size' ? row.size_bytes : row.created_exact, row.id];
};

export const documentsRepository = {
  find,

  /** Also finds what was deleted and can still be taken back. */
  findDeleted: (db: Db, who: Principal, id: string) => selectDocuments(db, who).where('d.id', '=', id).where('d.deleted_at', 'is not', null).executeTakeFirst(),

  list: (
    db: Db,
    who: Principal,
    {
      q,
      status,
      parentId,
      folderId,
      below = false,
      sort,
      after,
      limit,
    }: { q?: string; status?: string; parentId?: string; folderId?: string; below?: boolean; sort: Sort; after?: [string | number, string]; limit: number },
  ) => {
    const { key, cast, direction } = orders[sort];
    return selectDocuments(db, who)
      .where('d.deleted_at', 'is', null)
      .where('d.version_of', 'is', null)
      .$if(q !== undefined && q !== '', (query) => query.where(sql<boolean>`position(lower(${q!}) in lower(d.filename)) > 0`))
      .$if(parentId !== undefined, (query) => query.where('d.parent_id', '=', parentId!))
      .$if(status !== undefined, (query) => query.where(sql<boolean>`coalesce(o.status, d.status) = ${status!}`))
      .$if(folderId !== undefined, (query) =>
        query.where('d.folder_id', 'in', below ? foldersBelow(folderId!) : [folderId!]).where('d.folder_id', 'in', openFolders(who)),
      )
      .$if(after !== undefined, (query) =>
        query.where(sql<boolean>`(${key}, d.id) ${direction === 'asc' ? sql`>` : sql`<`} (${after![0]}::${cast}, ${after![1]}::uuid)`),
      )
      .orderBy(key, direction)
      .orderBy('d.id', direction)
      .limit(limit)
      .execute();
  },

  /** What the box still has to index, for estimates: a document of which nothing was measured yet has no `remaining_ms`. */
  listUnfinished: (db: Db) =>
    db
      .selectFrom('documents')
      .select(['id', 'mime_type', 'size_bytes', 'remaining_ms', 'created_at'])
      .where('status', 'in', ['pending', 'indexing'])
      .where('duplicate_of', 'is', null)
      .where('deleted_at', 'is', null)
      .execute(),

  /** The versions of a document and itself, newest first. Who may see it may see them. */
  listVersions: (db: Db, id: string, { after, limit }: { after?: number; limit: number }) =>
    db
      .selectFrom('documents as d')
      .leftJoin('documents as o', 'o.id', 'd.duplicate_of')
      .select(['d.id', 'd.revision', 'd.version_of', 'd.valid_from', 'd.valid_until', 'd.size_bytes', 'd.sha256'])
      .select((eb) => [eb.fn.coalesce('o.status', 'd.status').as('status'), eb.fn.coalesce('o.error_message', 'd.error_message').as('error_message')])
      .where((eb) => eb.or([eb('d.id', '=', id), eb('d.version_of', '=', id)]))
      .where('d.deleted_at', 'is', null)
      .$if(after !== undefined, (query) => query.where('d.revision', '<', after!))
      .orderBy('d.revision', 'desc')
      .limit(limit)
      .execute(),

  /** Ends a link: the document will be read for itself. */
  leave: (tx: Tx, id: string) =>
    tx
      .updateTable('documents as d')
      .from('documents as o')
      .set((eb) => ({
        duplicate_of: null,
        status: sql`case when o.status = 'indexed' then 'pending' else o.status end`,
        stage: 'queued',
        error_code: eb.ref('o.error_code'),
        error_message: eb.ref('o.error_message'),
      }))
      .whereRef('o.id', '=', 'd.duplicate_of')
      .where('d.id', '=', id)
      .execute(),

  /** The document that holds this content's passages. The caller holds the content's lock. */
  findByContent: (tx: Tx, who: Pick<Principal, 'workspaceId' | 'userId'>, sha256: string) =>
    tx
      .selectFrom('documents')
      .select(['id', 'filename', 'status', 'size_bytes', 'sha256', 'owner_id', readableBy(who).as('readable')])
      .where('workspace_id', '=', who.workspaceId)
      .where('sha256', '=', sha256)
      .where('duplicate_of', 'is', null)
      .where('deleted_at', 'is', null)
      .executeTakeFirst(),

  lock: (tx: Tx, id: string) =>
    tx
      .selectFrom('documents')
      .select([
        'id',
        'status',
        'stage',
        'version',
        'page_count',
        'pages_read',
        'chunk_count',
        'error_code',
        'attachments_count',
        'attachments_read',
        'deleted_at',
      ])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst(),

  update: (tx: Tx, id: string, change: { filename?: string; folder_id?: string }) => tx.updateTable('documents').set(change).where('id', '=', id).execute(),

  /** What was deleted together with it: the files that came in it, its versions. */
  listDeletedWith: (tx: Tx, id: string) =>
    tx
      .selectFrom('documents as c')
      .innerJoin('documents as p', (join) =>
        join.on((eb) => eb.or([eb('p.id', '=', eb.ref('c.parent_id')), eb('p.id', '=', eb.ref('c.version_of'))])).onRef('p.deleted_at', '=', 'c.deleted_at'),
      )
      .select('c.id')
      .where('p.id', '=', id)
      .orderBy('c.id')
      .execute(),
  restore: (tx: Tx, id: string) =>
    tx
      .updateTable('documents')
      .set({ deleted_at: null })
      .where('id', '=', id)
      .returning(['id', 'status', 'stage', 'version', 'duplicate_of'])
      .executeTakeFirstOrThrow(),

  keepPassword: (tx: Tx, id: string, sealed: string) => tx.updateTable('documents').set({ sealed_password: sealed }).where('id', '=', id).execute(),

  /** Puts a document back in line as new work. */
  requeue: (tx: Tx, id: string, to: { status: string; stage: string; pages_read?: number }) =>
    tx
      .updateTable('documents')
      .set((eb) => ({ ...to, version: eb('version', '+', 1), attempts: 0, error_code: null, error_message: null, error_page: null }))
      .where('id', '=', id)
      .returning(['id', 'version', 'stage'])
      .executeTakeFirstOrThrow(),

  /** Puts the pictures that were not read back in line. Returns how many wait. */
  makePicturesDue: async (tx: Tx, id: string): Promise<number> => {
    const { numUpdatedRows } = await tx
      .updateTable('document_pages')
      .set({ ocr: 'due', ocr_attempts: 0 })
      .where('document_id', '=', id)
      .where('ocr', 'in', ['due', 'failed', 'empty'])
      .executeTakeFirst();
    return Number(numUpdatedRows);
  },

  cancel: (tx: Tx, id: string, message: string) =>
    tx
      .updateTable('documents')
      .set((eb) => ({
        status: 'failed',
        stage: 'cancelled',
        version: eb('version', '+', 1),
        remaining_ms: null,
        sealed_password: null,
        error_code: 'document_cancelled',
        error_message: message,
        error_page: null,
      }))
      .where('id', '=', id)
      .execute(),

  listPassages: (db: Db, documentId: string, { page, after, limit }: { page?: number; after?: number; limit: number }) =>
    db
      .selectFrom('document_chunks')
      .select(['id', 'chunk_index', 'page', 'page_end', 'heading', 'content', 'boxes', 'ocr_confidence'])
      .where('document_id', '=', documentId)
      .$if(page !== undefined, (query) => query.where('page', '<=', page!).where('page_end', '>=', page!))
      .$if(after !== undefined, (query) => query.where('chunk_index', '>', after!))
      .orderBy('chunk_index')
      .limit(limit)
      .execute(),

  listPages: (db: Db, documentId: string, { after, limit }: { after?: number; limit: number }) =>
    db
      .selectFrom('document_pages')
      .select(['page', 'name', 'ocr', 'confidence'])
      .where('document_id', '=', documentId)
      .$if(after !== undefined, (query) => query.where('page', '>', after!))
      .orderBy('page')
      .limit(limit)
      .execute(),

  findPage: (db: Db, documentId: string, page: number) =>
    db
      .selectFrom('document_pages')
      .select(['page', 'name', 'ocr', 'confidence', 'head', 'blocks', 'words'])
      .where('document_id', '=', documentId)
      .where('page', '=', page)
      .executeTakeFirst(),
};
export type DocumentsRepository = typeof documentsRepository;
