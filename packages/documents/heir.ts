import type { Tx } from '#db';

/** What a linked document takes over from the one that it was linked to. */
const inherited = [
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
  'attempts',
  'error_code',
  'error_message',
  'error_page',
  'warnings',
  'indexed_at',
  'attachments_count',
  'attachments_read',
] as const;

/**
 * Lets the oldest document that is linked to `documentId` take its place: passages and vectors move, nothing is indexed
 * again, and `documentId` becomes a link to it. Returns the heir, or undefined when nothing is linked. The caller holds the
 * content's lock.
 */
export const passOn = async (tx: Tx, documentId: string): Promise<{ id: string; version: number; stage: string } | undefined> => {
  const heir = await tx
    .selectFrom('documents')
    .select('id')
    .where('duplicate_of', '=', documentId)
    .where('deleted_at', 'is', null)
    .orderBy('created_at')
    .orderBy('id')
    .forUpdate()
    .executeTakeFirst();
  if (heir === undefined) return undefined;
  const promoted = await tx
    .updateTable('documents')
    .from('documents as old')
    .set((eb) => ({ ...Object.fromEntries(inherited.map((column) => [column, eb.ref(`old.${column}`)])), duplicate_of: null }))
    .where('documents.id', '=', heir.id)
    .where('old.id', '=', documentId)
    .returning(['documents.id', 'documents.version', 'documents.stage'])
    .executeTakeFirstOrThrow();
  await tx.updateTable('documents').set({ duplicate_of: heir.id }).where('duplicate_of', '=', documentId).execute();
  await tx.updateTable('documents').set({ duplicate_of: heir.id, chunk_count: 0, embedded_count: 0 }).where('id', '=', documentId).execute();
  await tx.updateTable('document_pages').set({ document_id: heir.id }).where('document_id', '=', documentId).execute();
  await tx.updateTable('document_chunks').set({ document_id: heir.id }).where('document_id', '=', documentId).execute();
  await tx.updateTable('documents').set({ parent_id: heir.id }).where('parent_id', '=', documentId).execute();
  await tx.updateTable('documents').set({ root_id: heir.id }).where('root_id', '=', documentId).execute();
  return promoted;
};
