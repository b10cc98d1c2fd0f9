import type { Logger } from '#kit';
import type { ObjectStore } from '#clients';
import type { Database, Notifier, Tx } from '#db';
import { lockContent, recallAnswers } from '#documents';
import { findForUpdate } from '../documents.repository.ts';

interface Needs {
  database: Database;
  notifier: Pick<Notifier, 'publish'>;
  objects: Pick<ObjectStore, 'remove' | 'list'>;
  log: Logger;
}

/**
 * Removes a deleted document for good: object, passages, vectors, row. The object goes first and the row last, so that a
 * crash in between leaves a row that the sweep finds, and every step may be repeated.
 */
export const createPurge = ({ database, notifier, objects, log }: Needs) => {
  const remove = async (tx: Tx, documentId: string): Promise<void> => {
    const found = await tx.selectFrom('documents').select('sha256').where('id', '=', documentId).executeTakeFirst();
    if (found === undefined) return;
    await lockContent(tx, found.sha256);
    const document = await findForUpdate(tx, documentId);
    if (document?.deleted_at == null) return; // taken back
    // The database would let its versions go with it, and their objects stay behind.
    for (const { id } of await tx.selectFrom('documents').select('id').where('version_of', '=', documentId).execute()) await remove(tx, id);
    if (document.version_of === null) await recallAnswers(tx, { documentId, filename: document.filename, reason: 'deleted' });
    const others = await tx.selectFrom('documents').select('id').where('sha256', '=', document.sha256).where('id', '<>', documentId).executeTakeFirst();
    if (others === undefined) await objects.remove(document.minio_path);
    await tx.deleteFrom('documents').where('id', '=', documentId).execute();
    await notifier.publish(tx, 'documents.changed', { documentId, removed: true });
    log.info({ documentId }, 'a deleted document was removed');
  };

  return {
    purge: ({ documentId }: { documentId: string }): Promise<void> => database.inTransaction((tx) => remove(tx, documentId)),

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
  };
};
