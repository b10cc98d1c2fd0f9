import type { AnswerRecord } from '#contracts';
import { selectMessages } from '#answers';
import type { Db } from '#db';

interface Owner {
  userId: number;
  workspaceId: string;
}

/** Statements on what answers were made from. Another person's answers are never seen. */
export const receiptsRepository = {
  /** A finished answer of one's own with the question before it and its record, which is missing for answers that asked no document. */
  async findAnswer(db: Db, owner: Owner, messageId: string) {
    const message = await selectMessages(db)
      .innerJoin('chat_conversations as c', 'c.id', 'chat_messages.conversation_id')
      .where('chat_messages.id', '=', messageId)
      .where('chat_messages.role', '=', 'assistant')
      .where('c.user_id', '=', owner.userId)
      .where('c.deleted_at', 'is', null)
      .executeTakeFirst();
    if (!message) return undefined;
    const [question, row] = await Promise.all([
      db
        .selectFrom('chat_messages')
        .select('content')
        .where('conversation_id', '=', message.conversation_id)
        .where('role', '=', 'user')
        // Compared within the database: a JavaScript date has lost the microsecond that lies between question and answer.
        .where('created_at', '<', (answer) => answer.selectFrom('chat_messages as a').select('a.created_at').where('a.id', '=', messageId))
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst(),
      db.selectFrom('answer_records').select('record').where('message_id', '=', messageId).executeTakeFirst(),
    ]);
    return { message, question: question?.content ?? '', record: (row?.record as unknown as AnswerRecord | undefined) ?? null };
  },
};
export type ReceiptsRepository = typeof receiptsRepository;
