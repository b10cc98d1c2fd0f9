import { sql } from 'kysely';
import { readableBy, type Reader } from '#access';
import type { AnswerFeedbackPut, FeedbackSuggestion } from '#contracts';
import type { Db, Tx } from '#db';

interface Person {
  userId: number;
  workspaceId: string;
}

/** Statements on what readers said of their answers. */
export const feedbackRepository = {
  /** Stores it for a finished answer of one's own, with the question before it and the pages that it cited; false when there is no such answer. */
  async put(tx: Tx, { userId, workspaceId }: Person, messageId: string, { verdict, reason, comment }: AnswerFeedbackPut): Promise<boolean> {
    const { numAffectedRows } = await sql`
      insert into answer_feedback (message_id, workspace_id, user_id, verdict, reason, comment, question, cited)
      select m.id, m.workspace_id, c.user_id, ${verdict}, ${reason}, ${comment},
        coalesce((select q.content from chat_messages q where q.conversation_id = m.conversation_id and q.role = 'user' and q.created_at <= m.created_at
          order by q.created_at desc, q.id desc limit 1), ''),
        coalesce((select jsonb_agg(jsonb_build_object('documentId', s.value ->> 'documentId', 'page', (s.value ->> 'page')::integer)
          order by (s.value ->> 'support')::real desc) from jsonb_array_elements(m.sources) s), '[]'::jsonb)
      from chat_messages m join chat_conversations c on c.id = m.conversation_id
      where m.id = ${messageId} and m.role = 'assistant' and m.status in ('complete', 'stopped') and c.user_id = ${userId}
        and m.workspace_id = ${workspaceId}::uuid and c.deleted_at is null
      on conflict (message_id) do update set verdict = excluded.verdict, reason = excluded.reason, comment = excluded.comment, handled_at = null`.execute(tx);
    return (numAffectedRows ?? 0n) > 0n;
  },

  async remove(tx: Tx, { userId }: Person, messageId: string): Promise<boolean> {
    const { numDeletedRows } = await tx.deleteFrom('answer_feedback').where('message_id', '=', messageId).where('user_id', '=', userId).executeTakeFirst();
    return numDeletedRows > 0n;
  },

  /** What no admin has looked at yet, newest first; of what was cited, only what is open to the reader. */
  list: (db: Db, reader: Reader, { after, limit }: { after?: [string, string]; limit: number }) =>
    db
      .selectFrom('answer_feedback as f')
      .innerJoin('admin_users as u', 'u.id', 'f.user_id')
      .select(['f.message_id', 'f.question', 'f.verdict', 'f.reason', 'f.comment', 'f.created_at', 'u.username'])
      .select([
        sql<string>`f.created_at::text`.as('created_exact'),
        sql<FeedbackSuggestion['cited']>`coalesce((
          select json_agg(json_build_object('documentId', d.id, 'filename', d.filename, 'page', (one.value ->> 'page')::integer) order by one.ordinality)
          from jsonb_array_elements(f.cited) with ordinality one
          join documents d on d.id = (one.value ->> 'documentId')::uuid and d.deleted_at is null and ${readableBy(reader, 'd')}), '[]'::json)`.as('cited'),
      ])
      .where('f.workspace_id', '=', reader.workspaceId)
      .where('f.handled_at', 'is', null)
      .$if(after !== undefined, (query) => query.where(sql<boolean>`(f.created_at, f.message_id) < (${after![0]}::timestamptz, ${after![1]}::uuid)`))
      .orderBy('f.created_at', 'desc')
      .orderBy('f.message_id', 'desc')
      .limit(limit)
      .execute(),

  /** Notes what an admin made of it; false when it is not there. */
  async handle(tx: Tx, { workspaceId }: Pick<Person, 'workspaceId'>, messageId: string, goldenQuestionId: string | null): Promise<boolean> {
    const { numUpdatedRows } = await tx
      .updateTable('answer_feedback')
      .set({ handled_at: sql`now()`, golden_question_id: goldenQuestionId })
      .where('message_id', '=', messageId)
      .where('workspace_id', '=', workspaceId)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  },
};
export type FeedbackRepository = typeof feedbackRepository;
