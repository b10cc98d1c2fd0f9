import { sql } from 'kysely';
import { currentAt, readableBy, type Reader } from '#access';
import type { Db } from '#db';

export const extractionRepository = {
  /** Documents that have been read and are open to the reader, newest first; within folders and below, when some are named. */
  listDocuments: (
    db: Db,
    reader: Reader,
    { documentIds, folderIds, limit }: { documentIds?: readonly string[]; folderIds?: readonly string[]; limit: number },
  ): Promise<{ id: string; filename: string }[]> =>
    db
      .selectFrom('documents')
      .select(['id', 'filename'])
      .where('deleted_at', 'is', null)
      .where('status', '=', 'indexed')
      .where(currentAt(undefined))
      .where(readableBy(reader))
      .$if(documentIds !== undefined, (query) => query.where(sql<boolean>`id = any(${documentIds}::uuid[])`))
      .$if(folderIds !== undefined, (query) =>
        query.where(sql<boolean>`folder_id in (
          with recursive below as (
            select id from folders where id = any(${folderIds}::uuid[]) and workspace_id = ${reader.workspaceId}::uuid
            union select child.id from folders child join below on child.parent_id = below.id)
          select id from below)`),
      )
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
      .execute(),
};
export type ExtractionRepository = typeof extractionRepository;
