import { sql } from 'kysely';
import { selectMessages } from '#answers';
import type { Db, Tx } from '#db';

interface Owner {
  userId: number;
  workspaceId: string;
}

const selectConversations = (db: Db) =>
  db
    .selectFrom('chat_conversations')
    .selectAll('chat_conversations')
    .select(sql<string>`chat_conversations.updated_at::text`.as('updated_exact'));

const own = (db: Db, owner: Owner, id: string) => selectConversations(db).where('id', '=', id).where('user_id', '=', owner.userId);

/** Statements on conversations and their messages; another person's are never seen. */
export const conversationsRepository = {
  create: async (tx: Db, owner: Owner, title: string) => {
    const { id } = await tx
      .insertInto('chat_conversations')
      .values({ user_id: owner.userId, workspace_id: owner.workspaceId, title })
      .returning('id')
      .executeTakeFirstOrThrow();
    return own(tx, owner, id).executeTakeFirstOrThrow();
  },

  find: (db: Db, owner: Owner, id: string) => own(db, owner, id).where('deleted_at', 'is', null).executeTakeFirst(),

  /** Deleted ones too: for restoring. */
  findAnyForUpdate: (tx: Tx, owner: Owner, id: string) => own(tx, owner, id).forUpdate().executeTakeFirst(),

  findForUpdate: (tx: Tx, owner: Owner, id: string) => own(tx, owner, id).where('deleted_at', 'is', null).forUpdate().executeTakeFirst(),

  /** Last used first; `after` is the last row of the page before. */
  list: (db: Db, owner: Owner, { q, after, limit }: { q?: string; after?: [string, string]; limit: number }) =>
    selectConversations(db)
      .where('user_id', '=', owner.userId)
      .where('deleted_at', 'is', null)
      .$if(q !== undefined && q !== '', (query) =>
        query.where((eb) =>
          eb.or([
            sql<boolean>`position(lower(${q!}) in lower(title)) > 0`,
            eb.exists(
              eb
                .selectFrom('chat_messages')
                .select('chat_messages.id')
                .whereRef('chat_messages.conversation_id', '=', 'chat_conversations.id')
                .where(sql<boolean>`position(lower(${q!}) in lower(content)) > 0`),
            ),
          ]),
        ),
      )
      .$if(after !== undefined, (query) => query.where(sql<boolean>`(updated_at, id) < (${after![0]}::timestamptz, ${after![1]}::uuid)`))
      .orderBy('updated_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
      .execute(),

  rename: (tx: Tx, id: string, title: string) => tx.updateTable('chat_conversations').set({ title }).where('id', '=', id).execute(),

  setDeleted: (tx: Tx, id: string, deletedAt: Date | null) =>
    tx.updateTable('chat_conversations').set({ deleted_at: deletedAt }).where('id', '=', id).execute(),

  /** In the order of the conversation, or backwards; `after` is the last row of the page before. */
  listMessages: (db: Db, conversationId: string, { order, after, limit }: { order: 'oldest' | 'newest'; after?: [string, string]; limit: number }) => {
    const direction = order === 'oldest' ? 'asc' : 'desc';
    return selectMessages(db)
      .select(sql<string>`chat_messages.created_at::text`.as('created_exact'))
      .where('conversation_id', '=', conversationId)
      .$if(after !== undefined, (query) =>
        query.where(
          order === 'oldest'
            ? sql<boolean>`(created_at, id) > (${after![0]}::timestamptz, ${after![1]}::uuid)`
            : sql<boolean>`(created_at, id) < (${after![0]}::timestamptz, ${after![1]}::uuid)`,
        ),
      )
      .orderBy('created_at', direction)
      .orderBy('id', direction)
      .limit(limit)
      .execute();
  },

  allMessages: (db: Db, conversationId: string) =>
    selectMessages(db).where('conversation_id', '=', conversationId).orderBy('created_at').orderBy('id').execute(),

  /** The answer is a microsecond younger than its question; the conversation's lock keeps other questions out from between. */
  async addExchange(tx: Tx, owner: Owner, conversationId: string, question: string): Promise<{ userMessageId: string; messageId: string }> {
    const common = { workspace_id: owner.workspaceId, conversation_id: conversationId };
    const rows = await tx
      .insertInto('chat_messages')
      .values([
        { ...common, role: 'user', content: question, status: 'complete', created_at: sql`clock_timestamp()` },
        { ...common, role: 'assistant', content: '', status: 'waiting', created_at: sql`clock_timestamp() + interval '1 microsecond'` },
      ])
      .returning(['id', 'role'])
      .execute();
    const idOf = (role: string) => rows.find((row) => row.role === role)!.id;
    return { userMessageId: idOf('user'), messageId: idOf('assistant') };
  },
};
export type ConversationsRepository = typeof conversationsRepository;
export type ConversationRow = NonNullable<Awaited<ReturnType<ConversationsRepository['find']>>>;
