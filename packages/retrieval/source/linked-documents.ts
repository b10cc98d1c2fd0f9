import type { Db } from '#db';

/** The documents that hold the passages of these: a document with the same content as an earlier one is only a link to that. */
export const followLinks = async (db: Db, documentIds: readonly string[]): Promise<string[]> => {
  if (documentIds.length === 0) return [];
  const rows = await db
    .selectFrom('documents')
    .select((eb) => eb.fn.coalesce('duplicate_of', 'id').as('id'))
    .where('id', 'in', documentIds)
    .where('deleted_at', 'is', null)
    .execute();
  return [...new Set(rows.map((row) => row.id))];
};
