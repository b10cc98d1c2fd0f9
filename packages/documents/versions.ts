import { sql } from 'kysely';
import { writableBy, type Reader } from '#access';
import type { Notifier, Tx } from '#db';
import type { Jobs } from '#queue';
import { lockContent } from './content-lock.ts';
import { recallAnswers } from './recall.ts';
import { addWork } from './work.ts';

interface Needs {
  notifier: Pick<Notifier, 'publish'>;
  jobs: Pick<Jobs, 'add'>;
}

/** What holds other files has no versions: its files stand for themselves. */
const CONTAINERS: readonly string[] = ['application/zip', 'message/rfc822', 'application/vnd.ms-outlook'];

/**
 * What a version is made of; it changes places when another one becomes the current. Who owns it, where it stands and who may
 * see it stay with the document, whose id never changes.
 */
const content = [
  'original_name',
  'mime_type',
  'size_bytes',
  'sha256',
  'minio_path',
  'status',
  'stage',
  'progress',
  'remaining_ms',
  'page_count',
  'pages_read',
  'chunk_count',
  'embedded_count',
  'embed_model',
  'language',
  'duplicate_of',
  'attempts',
  'error_code',
  'error_message',
  'error_page',
  'warnings',
  'indexed_at',
  'attachments_count',
  'attachments_read',
  'revision',
  'created_at',
] as const;

export interface Successor {
  readonly id: string;
  readonly revision: number;
}

/**
 * The document of which a file with this name in this folder is the next version: one that the reader may change. Undefined when
 * there is none, when it says the same already, or when either of them holds other files.
 */
export const findPredecessor = async (
  tx: Tx,
  reader: Reader,
  { folderId, filename, mimeType, sha256 }: { folderId: string | undefined; filename: string; mimeType: string; sha256: string },
): Promise<Successor | undefined> => {
  if (CONTAINERS.includes(mimeType)) return undefined;
  const folder =
    folderId === undefined
      ? sql`(select f.id from folders f where f.workspace_id = ${reader.workspaceId}::uuid and f.kind = 'shared')`
      : sql`${folderId}::uuid`;
  const head = await tx
    .selectFrom('documents')
    .select([
      'id',
      'sha256',
      'mime_type',
      sql<number>`(select max(v.revision) from documents v where v.id = documents.id or v.version_of = documents.id)`.as('newest'),
    ])
    .where('workspace_id', '=', reader.workspaceId)
    .where(sql<boolean>`folder_id = ${folder}`)
    .where('filename', '=', filename)
    .where('parent_id', 'is', null)
    .where('version_of', 'is', null)
    .where('deleted_at', 'is', null)
    .where(writableBy(reader))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .forUpdate()
    .executeTakeFirst();
  if (head === undefined || head.sha256 === sha256 || CONTAINERS.includes(head.mime_type)) return undefined;
  return { id: head.id, revision: head.newest + 1 };
};

/**
 * Passages of both that say the same, word for word, keep their ids in the document, so that citations of them stay right: the
 * pair changes places. Vectors go with what they were made from: the header over the words counts too.
 */
const exchangePassages = async (tx: Tx, head: string, version: string): Promise<void> => {
  // Out of the way first: every number is taken while rows change places.
  await sql`update document_chunks set chunk_index = -1 - chunk_index where document_id in (${head}::uuid, ${version}::uuid)`.execute(tx);
  const counted = (id: string) =>
    sql`(select *, row_number() over (partition by content order by chunk_index desc) as nth from document_chunks where document_id = ${id}::uuid)`;
  const { rows: pairs } = await sql<{ was: string; is_now: string; same: boolean }>`
    select a.id as was, b.id as is_now, a.content_hash = b.content_hash as same from ${counted(head)} a join ${counted(version)} b using (content, nth)`.execute(
    tx,
  );
  const [was, isNow] = [pairs.map((pair) => pair.was), pairs.map((pair) => pair.is_now)];
  const other = pairs.filter((pair) => !pair.same);
  await sql`delete from document_embeddings where chunk_id = any(${other.map((pair) => pair.is_now)}::uuid[])`.execute(tx);
  await sql`
    update document_embeddings e set chunk_id = p.is_now from unnest(${other.map((pair) => pair.was)}::uuid[], ${other.map((pair) => pair.is_now)}::uuid[]) as p(was, is_now)
    where e.chunk_id = p.was`.execute(tx);
  const pair = sql`unnest(${was}::uuid[], ${isNow}::uuid[]) as p(was, is_now)`;
  await sql`
    insert into document_embeddings (chunk_id, model, vector)
    select case when e.chunk_id = p.was then p.is_now else p.was end, e.model, e.vector
    from ${pair} join document_chunks a on a.id = p.was join document_chunks b on b.id = p.is_now and b.content_hash = a.content_hash
    join document_embeddings e on e.chunk_id in (p.was, p.is_now)
    on conflict do nothing`.execute(tx);
  // Each of a pair takes the other's place within its own document; then all that is not in pairs changes documents.
  await sql`
    update document_chunks c
    set (chunk_index, page, page_end, heading, context_header, boxes, content_hash, ocr_confidence) = (
      select -1 - o.chunk_index, o.page, o.page_end, o.heading, o.context_header, o.boxes, o.content_hash, o.ocr_confidence from document_chunks o
      where o.id = case when c.id = p.was then p.is_now else p.was end)
    from ${pair} where c.id in (p.was, p.is_now)`.execute(tx);
  await sql`
    update document_chunks set chunk_index = -1 - chunk_index, document_id = case when document_id = ${head}::uuid then ${version}::uuid else ${head}::uuid end
    where document_id in (${head}::uuid, ${version}::uuid) and chunk_index < 0`.execute(tx);
};

const exchangePages = async (tx: Tx, head: string, version: string): Promise<void> => {
  await sql`update document_pages set page = -page where document_id in (${head}::uuid, ${version}::uuid)`.execute(tx);
  await sql`
    update document_pages set page = -page, document_id = case when document_id = ${head}::uuid then ${version}::uuid else ${head}::uuid end
    where document_id in (${head}::uuid, ${version}::uuid)`.execute(tx);
};

const exchangeRows = async (tx: Tx, head: string, version: string): Promise<void> => {
  const linkedTo = (id: string) => tx.selectFrom('documents').select('id').where('duplicate_of', '=', id).execute();
  const [toHead, toVersion] = [await linkedTo(head), await linkedTo(version)];
  const columns = sql.join(content.map((name) => sql.ref(name)));
  const others = sql.join(content.map((name) => sql.ref(`o.${name}`)));
  await sql`
    update documents d set (${columns}, version, sealed_password) = (select ${others}, d.version + 1, null from documents o where o.id = case when d.id = ${head}::uuid then ${version}::uuid else ${head}::uuid end)
    where d.id in (${head}::uuid, ${version}::uuid)`.execute(tx);
  for (const { id } of toHead) if (id !== version) await tx.updateTable('documents').set({ duplicate_of: version }).where('id', '=', id).execute();
  for (const { id } of toVersion) if (id !== head) await tx.updateTable('documents').set({ duplicate_of: head }).where('id', '=', id).execute();
};

/**
 * Makes a version that was read the one that its document says from now on; what it said before becomes an earlier version.
 * Answers that cite what is no longer said are recalled. A version that was overtaken by a newer one goes straight to the earlier ones.
 */
export const becomeCurrent = async (tx: Tx, { notifier, jobs }: Needs, versionId: string): Promise<void> => {
  const find = (id: string) =>
    tx
      .selectFrom('documents')
      .select(['id', 'filename', 'sha256', 'version_of', 'revision', 'duplicate_of', 'valid_from', 'created_at', 'deleted_at'])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
  const known = await tx.selectFrom('documents').select(['sha256', 'version_of']).where('id', '=', versionId).executeTakeFirst();
  if (known?.version_of == null) return;
  await lockContent(tx, known.sha256);
  const head = await find(known.version_of);
  if (head === undefined || head.deleted_at !== null) return;
  await lockContent(tx, head.sha256);
  const version = await find(versionId);
  if (version === undefined || version.deleted_at !== null || version.valid_from !== null) return;
  if (version.revision < head.revision) {
    const until = head.valid_from ?? new Date();
    const from = version.created_at < until ? version.created_at : until;
    await tx.updateTable('documents').set({ valid_from: from, valid_until: until }).where('id', '=', versionId).execute();
    return;
  }
  await recallAnswers(tx, { documentId: head.id, filename: head.filename, reason: 'changed', nowSaidBy: version.duplicate_of ?? version.id });
  await exchangePassages(tx, head.id, version.id);
  await exchangePages(tx, head.id, version.id);
  await exchangeRows(tx, head.id, version.id);
  await tx
    .updateTable('documents')
    .set({ valid_from: head.valid_from ?? head.created_at, valid_until: sql`now()` })
    .where('id', '=', version.id)
    .execute();
  await tx
    .updateTable('documents')
    .set({ valid_from: sql`now()` })
    .where('id', '=', head.id)
    .execute();
  for (const id of [head.id, version.id]) {
    const row = await tx.selectFrom('documents').select(['id', 'version', 'status', 'stage', 'duplicate_of']).where('id', '=', id).executeTakeFirstOrThrow();
    if (row.duplicate_of === null && (row.status === 'pending' || row.status === 'indexing')) await addWork(tx, jobs, row);
    await notifier.publish(tx, 'passages.added', { documentId: id });
    await notifier.publish(tx, 'documents.changed', { documentId: id });
    if (row.duplicate_of !== null) await notifier.publish(tx, 'documents.changed', { documentId: row.duplicate_of });
  }
};

/** What of a document's content was read and waits to become current: itself, if it is a version, and versions that are linked to it. */
export const promoteReady = async (tx: Tx, needs: Needs, documentId: string): Promise<void> => {
  const waiting = await tx
    .selectFrom('documents')
    .select('id')
    .where('version_of', 'is not', null)
    .where('valid_from', 'is', null)
    .where('deleted_at', 'is', null)
    .where((eb) => eb.or([eb('id', '=', documentId), eb('duplicate_of', '=', documentId)]))
    .orderBy('revision')
    .execute();
  for (const { id } of waiting) await becomeCurrent(tx, needs, id);
};
