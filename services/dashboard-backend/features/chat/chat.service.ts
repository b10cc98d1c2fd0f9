import { answerTurn, jobPriority, submitJob, toMessageView, turnId, type LineLimits } from '#answers';
import type { ConversationView, MessageAccepted, MessageSend, MessageView, PageQuery } from '#contracts';
import { decodeCursor, toPage, type Database, type Tx } from '#db';
import { AppError, type Clock } from '#kit';
import type { Jobs } from '#queue';
import type { Principal } from '../../http/index.ts';
import type { Once } from '../idempotency/index.ts';
import type { JobsService } from '../jobs/index.ts';
import type { ConversationRow, ConversationsRepository } from './conversations.repository.ts';
import { exportName, toMarkdown } from './markdown.ts';
import { titleFrom } from './title.ts';

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  repository: ConversationsRepository;
  jobs: Pick<Jobs, 'add'>;
  running: Pick<JobsService, 'cancelConversation'>;
  once: Once;
  limits: () => LineLimits;
  clock: Clock;
}

const toView = (row: ConversationRow): ConversationView => ({
  id: row.id,
  title: row.title,
  messageCount: row.message_count,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
  deletedAt: row.deleted_at?.toISOString() ?? null,
});

/** Somebody else's conversation is not there, just as one that never was. */
const there = (row: ConversationRow | undefined): ConversationRow => {
  if (!row) throw new AppError('not_found', { message: 'There is no such conversation.' });
  return row;
};

type PageKey = [string, string];
const keyOf = (cursor: string | undefined): PageKey | undefined => (cursor === undefined ? undefined : (decodeCursor(cursor, 2) as PageKey));

export type ChatService = ReturnType<typeof createChatService>;

/** Conversations and the questions asked in them. Everything here is the owner's alone. */
export const createChatService = ({ database, repository, jobs, running, once, limits, clock }: Needs) => {
  const { db } = database;
  const change = (who: Principal, id: string, work: (tx: Tx, row: ConversationRow) => Promise<unknown>): Promise<ConversationRow> =>
    database.inTransaction(async (tx) => {
      await work(tx, there(await repository.findAnyForUpdate(tx, who, id)));
      return there(await repository.findAnyForUpdate(tx, who, id));
    });

  return {
    create: async (who: Principal, title = ''): Promise<ConversationView> => toView(await repository.create(db, who, title)),

    async list(who: Principal, { limit, cursor, q }: PageQuery & { q?: string }) {
      const rows = await repository.list(db, who, { q, after: keyOf(cursor), limit: limit + 1 });
      return toPage(rows, limit, (row) => [row.updated_exact, row.id], toView);
    },

    get: async (who: Principal, id: string): Promise<ConversationView> => toView(there(await repository.find(db, who, id))),

    /** Renames, or takes a deletion back. Errors: `not_found`; a deleted conversation can only be restored. */
    async patch(who: Principal, id: string, { title, restore }: { title?: string; restore?: true }): Promise<ConversationView> {
      const row = await change(who, id, async (tx, before) => {
        if (before.deleted_at && !restore) there(undefined);
        if (restore) await repository.setDeleted(tx, id, null);
        if (title !== undefined) await repository.rename(tx, id, title);
      });
      return toView(row);
    },

    /** Puts a conversation away: it is gone at once, what runs in it is stopped, and for 30 days it can be restored. */
    async remove(who: Principal, id: string): Promise<void> {
      await change(who, id, async (tx, before) => {
        if (before.deleted_at) there(undefined);
        await running.cancelConversation(tx, id);
        await repository.setDeleted(tx, id, new Date(clock.now()));
      });
    },

    async messages(who: Principal, id: string, { limit, cursor, order }: PageQuery & { order: 'oldest' | 'newest' }) {
      there(await repository.find(db, who, id));
      const rows = await repository.listMessages(db, id, { order, after: keyOf(cursor), limit: limit + 1 });
      return toPage(rows, limit, (row) => [row.created_exact, row.id], toMessageView);
    },

    /**
     * Stores a question, an empty answer and the job between them, all or nothing, and says when it will be answered. Asked
     * again under the same `key`, it is the same question. Errors: `not_found`, `queue_full`, `idempotency_mismatch`.
     */
    ask: (
      who: Principal,
      conversationId: string,
      { content, documentIds, folderIds, mode, asOf, model }: MessageSend,
      key?: string,
    ): Promise<MessageAccepted> =>
      once(who, { key, request: ['ask', conversationId, content, documentIds, folderIds, mode, asOf, model] }, async (tx) => {
        const conversation = there(await repository.findForUpdate(tx, who, conversationId));
        const { userMessageId, messageId } = await repository.addExchange(tx, who, conversationId, content);
        if (conversation.title === '') await repository.rename(tx, conversationId, titleFrom(content));
        const { jobId, ticket } = await submitJob(
          tx,
          {
            workspaceId: who.workspaceId,
            userId: who.userId,
            prompt: content,
            spec: { kind: 'chat', documentIds, folderIds, mode: mode === 'answer' ? undefined : mode, asOf, model },
            // Whole documents are read behind everybody's questions.
            priority: mode === 'summary' || mode === 'compare' ? jobPriority.background : undefined,
            conversationId,
            messageId,
          },
          limits(),
        );
        await jobs.add(tx, answerTurn, { jobId }, { id: turnId({ id: jobId, fence: 0 }) });
        return { messageId, userMessageId, jobId, ticket };
      }),

    /** The whole conversation as a Markdown file. */
    async export(who: Principal, id: string): Promise<{ name: string; text: string }> {
      const conversation = toView(there(await repository.find(db, who, id)));
      const messages: MessageView[] = (await repository.allMessages(db, id)).map(toMessageView);
      return { name: exportName(conversation), text: toMarkdown(conversation, messages) };
    },
  };
};
