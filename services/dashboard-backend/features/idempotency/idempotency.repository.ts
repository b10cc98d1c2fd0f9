import { sql } from 'kysely';
import type { Tx } from '#db';

interface Owner {
  userId: number;
  workspaceId: string;
}

/** After that a key is as new: nobody sends a request again for a day. */
const KEEP_HOURS = 24;

/** Statements on `idempotency_keys`. */
export const idempotencyRepository = {
  /**
   * Takes a key; waits for whoever is taking the same one now. A few that are too old go with each. Returns null when it is ours, else what it was used for.
   */
  async take(tx: Tx, { userId, workspaceId }: Owner, key: string, requestHash: string): Promise<{ requestHash: string; answer: unknown } | null> {
    await sql`
      delete from idempotency_keys where (workspace_id, user_id, key) in (
        select workspace_id, user_id, key from idempotency_keys where created_at < now() - make_interval(hours => ${KEEP_HOURS}) limit 100 for update skip locked)`.execute(
      tx,
    );
    const { rows } = await sql<{ ours: boolean }>`
      insert into idempotency_keys (workspace_id, user_id, key, request_hash) values (${workspaceId}, ${userId}, ${key}, ${requestHash})
      on conflict (workspace_id, user_id, key) do update set request_hash = excluded.request_hash, answer = null, created_at = now()
        where idempotency_keys.created_at < now() - make_interval(hours => ${KEEP_HOURS})
      returning true as ours`.execute(tx);
    if (rows.length > 0) return null;
    const row = await tx
      .selectFrom('idempotency_keys')
      .select(['request_hash', 'answer'])
      .where('workspace_id', '=', workspaceId)
      .where('user_id', '=', userId)
      .where('key', '=', key)
      .executeTakeFirstOrThrow();
    return { requestHash: row.request_hash, answer: row.answer };
  },

  keepAnswer: (tx: Tx, { userId, workspaceId }: Owner, key: string, answer: unknown) =>
    tx
      .updateTable('idempotency_keys')
      .set({ answer: JSON.stringify(answer) })
      .where('workspace_id', '=', workspaceId)
      .where('user_id', '=', userId)
      .where('key', '=', key)
      .execute(),
};
export type IdempotencyRepository = typeof idempotencyRepository;
