import { sql } from 'kysely';
import type { RecalledAnswer } from '#contracts';
import type { Db, Tx } from '#db';
import type { Principal } from '../../http/index.ts';

type Row = Omit<RecalledAnswer, 'at'> & { readonly at: Date; readonly at_exact: string; readonly key: string };

export const recallsRepository = {
  /** One row for each answer, document and reason, newest first. */
  list: async (db: Db, who: Principal, { seen, after, limit }: { seen?: boolean; after?: [string, string]; limit: number }): Promise<Row[]> => {
    const { rows } = await sql<Row>`
      select * from (
        select r.message_id as "messageId", m.conversation_id as "conversationId", c.title, r.document_id as "documentId", min(r.filename) as filename, r.reason,
          array_agg(r.marker order by r.marker) as markers, max(r.created_at) as at, bool_and(r.seen_at is not null) as seen,
          to_char(max(r.created_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at_exact, min(r.id::text) as key,
          coalesce((select q.content from chat_messages q where q.conversation_id = m.conversation_id and q.role = 'user' and q.created_at <= m.created_at
            order by q.created_at desc, q.id desc limit 1), '') as question
        from answer_recalls r join chat_messages m on m.id = r.message_id join chat_conversations c on c.id = m.conversation_id
        where c.user_id = ${who.userId} and c.workspace_id = ${who.workspaceId}::uuid and c.deleted_at is null
        group by r.message_id, r.document_id, r.reason, m.conversation_id, m.created_at, c.title
      ) recalled
      where (${seen ?? null}::boolean is null or seen = ${seen ?? null}::boolean)
        and (${after?.[0] ?? null}::text is null or (at, key) < (${after?.[0] ?? null}::timestamptz, ${after?.[1] ?? null}::text))
      order by at desc, key desc
      limit ${limit}`.execute(db);
    return rows;
  },

  /** Takes note of all that concerns an answer of one's own; false when it is nobody's or somebody else's. */
  markSeen: async (tx: Tx, who: Principal, messageId: string): Promise<boolean> => {
    const { numAffectedRows } = await sql`
      update answer_recalls r set seen_at = coalesce(r.seen_at, now())
      from chat_messages m join chat_conversations c on c.id = m.conversation_id
      where r.message_id = m.id and m.id = ${messageId}::uuid and c.user_id = ${who.userId} and c.workspace_id = ${who.workspaceId}::uuid`.execute(tx);
    return (numAffectedRows ?? 0n) > 0n;
  },
};
export type RecallsRepository = typeof recallsRepository;
