import { sql } from 'kysely';
import type { Tx } from '#db';

/**
 * Serialises what happens to one content until the transaction ends: storing it, linking to it, removing it. Without it a
 * purge could remove the object that an upload of the same bytes has just found in place.
 */
export const lockContent = async (tx: Tx, sha256: string): Promise<void> => {
  await sql`select pg_advisory_xact_lock(hashtextextended(${sha256}, 8))`.execute(tx);
};
