import { sql } from 'kysely';
import type { Notifier, Tx } from '#db';
import type { Jobs } from '#queue';
import { lockContent } from './content-lock.ts';
import { passOn } from './heir.ts';
import { purgeDocument, UNDO_MS } from './jobs.ts';
import { addWork } from './work.ts';

interface Needs {
  notifier: Pick<Notifier, 'publish'>;
  jobs: Pick<Jobs, 'add'>;
}

/** What goes with a document: the files that came in it, and its earlier versions. */
const listDependents = (tx: Tx, id: string, which: 'parent_id' | 'version_of') =>
  tx.selectFrom('documents').select(['id', 'sha256', 'duplicate_of']).where(which, '=', id).where('deleted_at', 'is', null).orderBy('id').execute();

/**
 * Hides a document with its versions, and with what came in it: an archive goes with its files, unless the same archive stands
 * elsewhere too. It is removed for good after the time to undo.
 */
export const hideDocument = async (
  tx: Tx,
  { notifier, jobs }: Needs,
  { id, sha256, duplicate_of }: { id: string; sha256: string; duplicate_of: string | null },
): Promise<void> => {
  await lockContent(tx, sha256);
  const current = await tx.selectFrom('documents').select('deleted_at').where('id', '=', id).forUpdate().executeTakeFirst();
  if (current === undefined || current.deleted_at !== null) return;
  await tx
    .updateTable('documents')
    .set({ deleted_at: sql`now()` })
    .where('id', '=', id)
    .execute();
  const heir = await passOn(tx, id);
  await jobs.add(tx, purgeDocument, { documentId: id }, { delayMs: UNDO_MS });
  await notifier.publish(tx, 'documents.changed', { documentId: id, removed: true });
  if (duplicate_of !== null) await notifier.publish(tx, 'documents.changed', { documentId: duplicate_of });
  for (const version of await listDependents(tx, id, 'version_of')) await hideDocument(tx, { notifier, jobs }, version);
  if (heir === undefined) {
    for (const child of await listDependents(tx, id, 'parent_id')) await hideDocument(tx, { notifier, jobs }, child);
    return;
  }
  await notifier.publish(tx, 'passages.added', { documentId: heir.id });
  await notifier.publish(tx, 'documents.changed', { documentId: heir.id });
  if (heir.stage !== 'done') await addWork(tx, jobs, heir);
};
