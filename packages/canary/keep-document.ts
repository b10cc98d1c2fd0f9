import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ObjectStore } from '#clients';
import type { Database, Notifier } from '#db';
import { lockContent, readDocument, workId } from '#documents';
import type { Jobs } from '#queue';
import { BOX_WORKSPACE, CANARY_FILE, CANARY_TEXT } from './document.ts';

interface Needs {
  database: Pick<Database, 'inTransaction'>;
  notifier: Pick<Notifier, 'publish'>;
  jobs: Pick<Jobs, 'add'>;
  objects: Pick<ObjectStore, 'receive'>;
}

const MAX_BYTES = 64 * 1024;

/**
 * The id of the box's own document, which is put in line for indexing when it is missing, or when it failed or is of an older
 * release. Safe to repeat and to race. Errors: `disk_full`.
 */
export const keepCanaryDocument = async ({ database, notifier, jobs, objects }: Needs): Promise<string> => {
  const sha256 = createHash('sha256').update(CANARY_TEXT).digest('hex');
  const content = await objects.receive(Readable.from([Buffer.from(CANARY_TEXT)]), { maxBytes: MAX_BYTES });
  try {
    return await database.inTransaction(async (tx) => {
      await lockContent(tx, sha256);
      const known = await tx
        .selectFrom('documents')
        .select(['id', 'sha256', 'status'])
        .where('workspace_id', '=', BOX_WORKSPACE)
        .where('deleted_at', 'is', null)
        .execute();
      const path = await content.keep();
      const present = known.find((row) => row.sha256 === sha256);
      for (const old of known) {
        if (old.id === present?.id) continue;
        await tx.deleteFrom('documents').where('id', '=', old.id).execute();
        await notifier.publish(tx, 'documents.changed', { documentId: old.id, removed: true });
      }
      if (present && present.status !== 'failed') return present.id;
      const row = present
        ? await tx
            .updateTable('documents')
            .set((eb) => ({ status: 'pending', stage: 'queued', version: eb('version', '+', 1), attempts: 0, error_code: null, error_message: null }))
            .where('id', '=', present.id)
            .returning(['id', 'version'])
            .executeTakeFirstOrThrow()
        : await tx
            .insertInto('documents')
            .values({
              workspace_id: BOX_WORKSPACE,
              owner_id: null,
              filename: CANARY_FILE,
              original_name: CANARY_FILE,
              mime_type: 'text/markdown',
              size_bytes: Buffer.byteLength(CANARY_TEXT),
              sha256,
              minio_path: path,
            })
            .returning(['id', 'version'])
            .executeTakeFirstOrThrow();
      await jobs.add(tx, readDocument, { documentId: row.id }, { id: workId(row) });
      return row.id;
    });
  } catch (error) {
    await content.discard();
    throw error;
  }
};
