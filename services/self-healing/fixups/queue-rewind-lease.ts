import { sql } from 'kysely';
import { defineFixup } from '../types.ts';

/** Puts the job back in line. Its fence rises, so that the worker that was presumed dead can write nothing any more. */
export const queueRewindLease = defineFixup({
  id: 'queue.rewind_lease',
  proofMs: 60_000,
  canary: false,
  async apply({ database }, { subject }) {
    const { numUpdatedRows } = await database.db
      .updateTable('llm_jobs')
      .set({ status: 'pending', lease_holder: null, lease_expires_at: null, fence: sql<number>`fence + 1` })
      .where('id', '=', subject)
      .where('status', '=', 'processing')
      .where(sql<boolean>`lease_expires_at < now()`)
      .executeTakeFirst();
    return numUpdatedRows === 0n ? 'The job was taken up by a worker meanwhile.' : 'The job stands in line again.';
  },
});
