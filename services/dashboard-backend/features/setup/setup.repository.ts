import { sql } from 'kysely';
import type { Tx } from '#db';

/** Any constant will do, as long as every process uses the same. */
const SETUP_LOCK = 7_266_279;

export const setupRepository = {
  /** One at a time, on all processes, until the transaction ends. */
  lock: async (tx: Tx): Promise<void> => {
    await sql`select pg_advisory_xact_lock(${SETUP_LOCK})`.execute(tx);
  },
};
export type SetupRepository = typeof setupRepository;
