import type { ReceivedContent } from '#clients';
import type { Notifier, Tx } from '#db';
import { sql } from 'kysely';
import type { Jobs } from '#queue';
import { promoteReady, type Successor } from './versions.ts';
import { lockContent } from './content-lock.ts';
import { readDocument, readingPriority, workId } from './jobs.ts';

/** Where a file of an archive or an attachment comes from. */
export interface Parent {
  readonly id: string;
  /** The outermost container. */
  readonly rootId: string;
  /** Its name in there, with folders. */
  readonly path: string;
  /** 1 for a file of an uploaded archive, 2 for one of an archive in it. */
  readonly nesting: number;
}

/** A file that was received whole. */
export interface Incoming {
  readonly workspaceId: string;
  readonly ownerId: number | null;
  /** The workspace's shared folder, when absent. */
  readonly folderId?: string | null;
  readonly inherits?: boolean;
  /** As it is shown, and as it came. */
  readonly filename: string;
  readonly originalName: string;
  readonly mimeType: string;
  readonly content: Pick<ReceivedContent, 'sha256' | 'sizeBytes' | 'keep'>;
  readonly parent?: Parent;
  /** The document of which this is the next version. */
  readonly versionOf?: Successor;
}

export interface TakenIn {
  readonly id: string;
  readonly filename: string;
  readonly status: string;
  /** The document that holds this content's passages already. */
  readonly holder: string | null;
}

interface Needs {
  notifier: Pick<Notifier, 'publish'>;
  jobs: Pick<Jobs, 'add'>;
}

/** The document that holds this content's passages. The caller holds the content's lock. */
export const findHolder = (tx: Tx, workspaceId: string, sha256: string) =>
  tx
    .selectFrom('documents')
    .select(['id', 'status', 'chunk_count'])
    .where('workspace_id', '=', workspaceId)
    .where('sha256', '=', sha256)
    .where('duplicate_of', 'is', null)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();

/**
 * Makes a document of a received file and puts it in line: the one way in, for uploads, attachments, watched folders. The same
 * content is stored and read once; what comes again is linked to it.
 */
export const takeIn = async (tx: Tx, { notifier, jobs }: Needs, file: Incoming): Promise<TakenIn> => {
  const { content, parent, versionOf } = file;
  await lockContent(tx, content.sha256);
  const holder = await findHolder(tx, file.workspaceId, content.sha256);
  const head =
    versionOf && (await tx.selectFrom('documents').select(['owner_id', 'folder_id', 'inherits']).where('id', '=', versionOf.id).executeTakeFirstOrThrow());
  const row = await tx
    .insertInto('documents')
    .values({
      workspace_id: file.workspaceId,
      ...(head ?? { owner_id: file.ownerId, folder_id: file.folderId ?? null, inherits: file.inherits ?? true }),
      filename: file.filename,
      original_name: file.originalName,
      mime_type: file.mimeType,
      size_bytes: content.sizeBytes,
      sha256: content.sha256,
      minio_path: await content.keep(),
      duplicate_of: holder?.id ?? null,
      ...(parent === undefined ? {} : { parent_id: parent.id, root_id: parent.rootId, archive_path: parent.path, nesting: parent.nesting }),
      ...(versionOf === undefined ? {} : { version_of: versionOf.id, revision: versionOf.revision, valid_from: sql<null>`null` }),
    })
    .returning(['id', 'filename', 'status', 'version'])
    .executeTakeFirstOrThrow();
  await notifier.publish(tx, 'documents.changed', { documentId: row.id });
  if (holder === undefined) await jobs.add(tx, readDocument, { documentId: row.id }, { id: workId(row), priority: readingPriority(content.sizeBytes) });
  else await notifier.publish(tx, 'documents.changed', { documentId: holder.id });
  if (versionOf !== undefined && holder !== undefined && holder.chunk_count > 0) await promoteReady(tx, { notifier, jobs }, row.id);
  return { id: row.id, filename: row.filename, status: holder?.status ?? row.status, holder: holder?.id ?? null };
};
