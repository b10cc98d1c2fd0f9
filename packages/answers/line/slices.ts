import { sql } from 'kysely';
import type { Database, Db, Notifier } from '#db';
import type { WorkClass } from '#scheduler';
import { account, decideNext, lockDecisions } from './decisions.ts';

/** How long a silent process keeps its slice in line. */
export const SLICE_LEASE_MS = 6_000;

/** Work that is no question: who it is for and about how long it takes. */
export interface NewSlice {
  class: WorkClass;
  /** Null: the box itself. */
  userId: number | null;
  estimateMs: number;
}

const leaseEnd = sql<Date>`clock_timestamp() + make_interval(secs => ${SLICE_LEASE_MS / 1000})`;

/** Puts a slice in line. */
export const enterSlice = async (db: Db, slice: NewSlice & { id?: string }): Promise<string> => {
  const { id } = await db
    .insertInto('llm_slices')
    .values({ ...(slice.id ? { id: slice.id } : {}), user_id: slice.userId, class: slice.class, estimate_ms: slice.estimateMs, lease_expires_at: leaseEnd })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
};

/** Says that whoever wants or has this slice is alive. */
export const keepSlice = async (db: Db, id: string): Promise<void> => {
  await db.updateTable('llm_slices').set({ lease_expires_at: leaseEnd }).where('id', '=', id).execute();
};

/** Whether it is this slice's turn now; a slice whose place was lost (its process slept too long) is put in line again. */
export const beginSlice = ({ inTransaction }: Pick<Database, 'inTransaction'>, id: string, slice: NewSlice): Promise<boolean> =>
  inTransaction(async (tx) => {
    await lockDecisions(tx);
    const row = await tx.updateTable('llm_slices').set({ lease_expires_at: leaseEnd }).where('id', '=', id).returning('started_at').executeTakeFirst();
    if (!row) await enterSlice(tx, { ...slice, id });
    if (row?.started_at) return true;
    const chosen = await decideNext(tx, { only: 'slices' });
    return chosen?.kind === 'slice' && chosen.id === id;
  });

/** Gives up a slice's place; `usedMs` is what it held the accelerator for, null when it never had it. */
export const endSlice = async (
  { database, notifier }: { database: Pick<Database, 'inTransaction'>; notifier: Pick<Notifier, 'publish'> },
  id: string,
  usedMs: number | null,
): Promise<void> =>
  database.inTransaction(async (tx) => {
    await lockDecisions(tx);
    const row = await tx.selectFrom('llm_slices').selectAll().where('id', '=', id).executeTakeFirst();
    if (row?.started_at && usedMs !== null) {
      await account(tx, { type: 'finished', id, usedMs });
      await tx
        .insertInto('llm_usage')
        .values({
          workspace_id: row.workspace_id,
          user_id: row.user_id,
          class: row.class,
          used_ms: usedMs,
          waited_ms: row.started_at.getTime() - row.created_at.getTime(),
          weight: sql<number>`coalesce((select weight from llm_weights where user_id = ${row.user_id}), 1)`,
        })
        .execute();
    }
    await tx.deleteFrom('llm_slices').where('id', '=', id).execute();
    // Whoever waits looks again, the worker of the line too.
    await notifier.publish(tx, 'queue.wake', { queue: 'accelerator' });
  });
