import type { Logger } from '#kit';
import type { ObjectStore } from '#clients';
import type { Database, Notifier, Tx } from '#db';
import { lockContent } from '#documents';
import { findForUpdate, type DocumentRow } from '../documents.repository.ts';

interface Needs {
  database: Database;
  notifier: Pick<Notifier, 'publish'>;
  objects: Pick<ObjectStore, 'remove' | 'list'>;
  log: Logger;
}

/** What another document with the same content takes over from the one that goes. */
const inherited = ['status', 'stage', 'progress', 'remaining_ms', 'page_count', 'pages_read', 'chunk_count', 'embedded_count', 'embed_model', 'language', 'attempts', 'error_code', 'error_message', 'error_page', 'warnings', 'indexed_at'] as const;

/** The oldest document that is linked to this one takes its place: passages and vectors move, nothing is indexed again. */
const passOn = async (tx: Tx, document: DocumentRow): Promise<string | undefined> => {
  const heir = await tx.selectFrom('documents').select('id').where('duplicate_of', '=', document.id).where('deleted_at', 'is', null).orderBy('created_at').orderBy('id').forUpdate().executeTakeFirst();
  if (heir === undefined) return undefined;
  await tx
    .updateTable('documents')
    .from('documents as old')
    .set((eb) => ({ ...Object.fromEntries(inherited.map((column) => [column, eb.ref(`old.${column}`)])), duplicate_of: null }))
    .where('documents.id', '=', heir.id)
    .where('old.id', '=', document.id)
    .execute();
  await tx.updateTable('documents').set({ duplicate_of: heir.id }).where('duplicate_of', '=', document.id).execute();
  await tx.updateTable('document_chunks').set({ document_id: heir.id }).where('document_id', '=', document.id).execute();
  return heir.id;
};

/**
 * Removes a deleted document for good: object, passages, vectors, row. The object goes first and the row last, so that a
 * crash in between leaves a row that the sweep finds, and every step may be repeated.
 */
export const createPurge = ({ database, notifier, objects, log }: Needs) => ({
  async purge({ documentId }: { documentId: string }): Promise<void> {
    await database.inTransaction(async (tx) => {
      const found = await tx.selectFrom('documents').select('sha256').where('id', '=', documentId).executeTakeFirst();
      if (found === undefined) return;
      await lockContent(tx, found.sha256);
      const document = await findForUpdate(tx, documentId);
      if (document?.deleted_at == null) return; // taken back
      const heir = await passOn(tx, document);
      const others = await tx.selectFrom('documents').select('id').where('sha256', '=', document.sha256).where('id', '<>', documentId).executeTakeFirst();
      if (others === undefined) await objects.remove(document.minio_path);
      await tx.deleteFrom('documents').where('id', '=', documentId).execute();
      await notifier.publish(tx, 'documents.changed', { documentId, removed: true });
      if (heir !== undefined) {
        await notifier.publish(tx, 'passages.added', { documentId: heir });
        await notifier.publish(tx, 'documents.changed', { documentId: heir });
      }
      log.info({ documentId, heir }, 'a deleted document was removed');
    });
  },

  /** Removes objects that no row names: what a crash between storing and recording left. Young ones may still get their row. */
  async removeOrphans({ olderThanMs }: { olderThanMs: number }): Promise<number> {
    let removed = 0;
    for await (const path of objects.list({ olderThanMs })) {
      await database.inTransaction(async (tx) => {
        await lockContent(tx, path.slice(path.lastIndexOf('/') + 1));
        if ((await tx.selectFrom('documents').select('id').where('minio_path', '=', path).executeTakeFirst()) !== undefined) return;
        await objects.remove(path);
        removed++;
      });
    }
    return removed;
  },
});
