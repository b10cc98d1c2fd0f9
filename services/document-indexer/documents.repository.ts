import { sql } from 'kysely';
import { UNDO_MS } from '#documents';
import type { Db, Tx } from '#db';
import type { Passage } from '#retrieval';
import type { KeptPage } from './parser/protocol.ts';

const MAX_NAME_CHARS = 200;

const columns = [
  'id',
  'filename',
  'original_name',
  'mime_type',
  'size_bytes',
  'sha256',
  'minio_path',
  'status',
  'stage',
  'page_count',
  'pages_read',
  'chunk_count',
  'embedded_count',
  'version',
  'attempts',
  'duplicate_of',
  'deleted_at',
  'created_at',
  'workspace_id',
  'owner_id',
  'folder_id',
  'inherits',
  'version_of',
  'root_id',
  'nesting',
  'attachments_count',
  'attachments_read',
  'sealed_password',
] as const;

export const findDocument = (db: Db, id: string) => db.selectFrom('documents').select(columns).where('id', '=', id).executeTakeFirst();
export type DocumentRow = NonNullable<Awaited<ReturnType<typeof findDocument>>>;

export const findForUpdate = (tx: Tx, id: string) => tx.selectFrom('documents').select(columns).where('id', '=', id).forUpdate().executeTakeFirst();

/** Claims a document for reading; undefined when there is nothing (left) to read: deleted, cancelled, done. */
export const beginReading = (db: Db, id: string) =>
  db
    .updateTable('documents')
    .set((eb) => ({ status: 'indexing', stage: 'reading', attempts: eb('attempts', '+', 1), error_code: null, error_message: null, error_page: null }))
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .where('duplicate_of', 'is', null)
    .where('status', 'in', ['pending', 'indexing'])
    .where('stage', 'in', ['queued', 'reading'])
    .returning(columns)
    .executeTakeFirst();

/** Whether a run that began with `version` is still wanted. */
export const isWanted = async (db: Db, { id, version }: { id: string; version: number }): Promise<boolean> => {
  const found = await db
    .selectFrom('documents')
    .select('id')
    .where('id', '=', id)
    .where('version', '=', version)
    .where('deleted_at', 'is', null)
    .where('status', '=', 'indexing')
    .executeTakeFirst();
  return found !== undefined;
};

/** Changes a document that is still being indexed in the same version; false when it is not. */
export const updateRun = async (db: Db, { id, version }: { id: string; version: number }, set: Record<string, unknown>): Promise<boolean> => {
  const done = await db
    .updateTable('documents')
    .set(set)
    .where('id', '=', id)
    .where('version', '=', version)
    .where('status', '=', 'indexing')
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
};

/** Shows how far a document is; a bar never goes back. */
export const setProgress = (db: Db, run: { id: string; version: number }, { progress, remainingMs }: { progress: number; remainingMs: number }) =>
  updateRun(db, run, { progress: sql`greatest(progress, ${progress}::real)`, remaining_ms: remainingMs });

/** One statement and one parameter for any number of passages. `from` is the index of the first. */
export const insertPassages = async (
  tx: Tx,
  document: { id: string },
  from: number,
  passages: readonly (Passage & { readonly confidence?: number })[],
): Promise<void> => {
  if (passages.length === 0) return;
  const rows = passages.map((passage, at) => ({
    chunk_index: from + at,
    content: passage.text,
    page: passage.page,
    page_end: passage.pageEnd,
    heading: passage.heading.length === 0 ? null : passage.heading.join(' › '),
    context_header: passage.contextHeader,
    boxes: passage.boxes,
    content_hash: passage.contentHash,
    language: passage.language,
    ocr_confidence: passage.confidence ?? null,
  }));
  await sql`
    insert into document_chunks (workspace_id, document_id, chunk_index, content, page, page_end, heading, context_header, boxes, content_hash, language, ocr_confidence)
    select d.workspace_id, d.id, r.chunk_index, r.content, r.page, r.page_end, r.heading, r.context_header, r.boxes, r.content_hash, r.language, r.ocr_confidence
    from documents d, jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as r(chunk_index integer, content text, page integer, page_end integer, heading text, context_header text, boxes jsonb, content_hash char(64), language varchar, ocr_confidence real)
    where d.id = ${document.id}`.execute(tx);
};

/** Keeps pages for the viewer; a page that is read again is kept anew. */
export const keepPages = async (tx: Tx, document: { id: string }, pages: readonly KeptPage[]): Promise<void> => {
  if (pages.length === 0) return;
  const rows = pages.map(({ page, name, head, blocks, ocr }) => ({ page, name: name?.slice(0, MAX_NAME_CHARS), head, blocks, ocr }));
  await sql`
    insert into document_pages (workspace_id, document_id, page, name, head, blocks, ocr)
    select d.workspace_id, d.id, r.page, r.name, r.head, r.blocks, r.ocr
    from documents d, jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(page integer, name text, head jsonb, blocks jsonb, ocr text)
    where d.id = ${document.id}
    on conflict (document_id, page) do update set name = excluded.name, head = excluded.head, blocks = excluded.blocks, ocr = excluded.ocr`.execute(tx);
};

/** What a lost queue forgot: documents to read, documents that wait for vectors, deletions whose time to undo is over. */
export const findDueWork = async (db: Db) => {
  const unfinished = db.selectFrom('documents').select(['id', 'version']).where('duplicate_of', 'is', null);
  const [read, embed, purge] = await Promise.all([
    unfinished.where('deleted_at', 'is', null).where('status', 'in', ['pending', 'indexing']).where('stage', 'in', ['queued', 'reading']).execute(),
    unfinished
      .where('deleted_at', 'is', null)
      .where((eb) =>
        eb.or([
          eb.and([eb('status', '=', 'indexing'), eb('stage', 'in', ['embedding', 'waiting_for_model'])]),
          // Passages came to it after it was indexed, out of pictures.
          eb.and([eb('status', '=', 'indexed'), eb('embed_model', 'is', null)]),
        ]),
      )
      .execute(),
    db
      .selectFrom('documents')
      .select(['id', 'version'])
      .where('deleted_at', '<', sql<Date>`now() - make_interval(secs => ${UNDO_MS / 1000})`)
      .execute(),
  ]);
  return { read, embed, purge };
};

/** A file of the document was taken or left out: the next run begins after it. */
export const noteAttachment = async (tx: Tx, id: string, index: number): Promise<void> => {
  await tx
    .updateTable('documents')
    .set({ attachments_read: index + 1, attempts: 0 })
    .where('id', '=', id)
    .where('attachments_read', '<=', index)
    .execute();
};

/** How much came out of one upload so far. */
export const countOfRoot = async (tx: Tx, rootId: string): Promise<{ files: number; bytes: number }> => {
  const row = await tx
    .selectFrom('documents')
    .select((eb) => [eb.fn.countAll<number>().as('files'), sql<number>`coalesce(sum(size_bytes), 0)::float8`.as('bytes')])
    .where('root_id', '=', rootId)
    .executeTakeFirstOrThrow();
  return { files: Number(row.files), bytes: row.bytes };
};
