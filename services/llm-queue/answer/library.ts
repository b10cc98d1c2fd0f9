import type { ChatMessage } from '#clients';
import type { Db } from '#db';

/** More turns than any window holds. */
const MAX_MESSAGES = 200;

/** What answering reads from the rows. */
export const createLibrary = (db: Db) => ({
  /** Whether there is anything to answer from. */
  async hasPassages(workspaceId: string, documentIds: readonly string[] | undefined): Promise<boolean> {
    let query = db
      .selectFrom('document_chunks')
      .innerJoin('documents', 'documents.id', 'document_chunks.document_id')
      .select('document_chunks.id')
      .where('document_chunks.workspace_id', '=', workspaceId)
      .where('documents.deleted_at', 'is', null);
    if (documentIds) query = query.where('document_chunks.document_id', '=', (eb) => eb.fn.any(eb.val([...documentIds])));
    return (await query.limit(1).executeTakeFirst()) !== undefined;
  },

  /** What was said in a conversation before a message, oldest first; the newest 200. */
  async messagesBefore(conversationId: string, messageId: string): Promise<ChatMessage[]> {
    const rows = await db
      .selectFrom('chat_messages')
      .select(['role', 'content'])
      .where('conversation_id', '=', conversationId)
      .where('created_at', '<', (eb) => eb.selectFrom('chat_messages').select('created_at').where('id', '=', messageId))
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(MAX_MESSAGES)
      .execute();
    return rows.reverse() as ChatMessage[];
  },
});

export type Library = ReturnType<typeof createLibrary>;
