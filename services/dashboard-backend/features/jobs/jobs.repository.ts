import { sql } from 'kysely';
import type { JobView } from '#contracts';
import { findMessageOfJob, findTextSoFar, findTicket, readEvents } from '#answers';
import type { Db, Tx } from '#db';

/** Jobs whose conversation was deleted are gone with it. */
const selectJobs = (db: Db) =>
  db
    .selectFrom('llm_jobs')
    .selectAll('llm_jobs')
    .select(sql<string>`llm_jobs.created_at::text`.as('created_exact'))
    .where((eb) =>
      eb.or([
        eb('conversation_id', 'is', null),
        eb.exists(
          eb
            .selectFrom('chat_conversations')
            .select('chat_conversations.id')
            .whereRef('chat_conversations.id', '=', 'llm_jobs.conversation_id')
            .where('deleted_at', 'is', null),
        ),
      ]),
    );

/** Statements on jobs that people follow. Workers have their own, under leases. */
export const jobsRepository = {
  find: (db: Db, id: string) => selectJobs(db).where('id', '=', id).executeTakeFirst(),

  findForUpdate: (tx: Tx, id: string) => selectJobs(tx).where('id', '=', id).forUpdate().executeTakeFirst(),

  /** A person's jobs, newest first; `after` is the last row of the page before. */
  listOwn: (db: Db, userId: number, { status, after, limit }: { status?: JobView['status']; after?: [string, string]; limit: number }) =>
    selectJobs(db)
      .where('user_id', '=', userId)
      .$if(status !== undefined, (query) => query.where('status', '=', status!))
      .$if(after !== undefined, (query) => query.where(sql<boolean>`(llm_jobs.created_at, llm_jobs.id) < (${after![0]}::timestamptz, ${after![1]}::uuid)`))
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
      .execute(),

  activeOfConversation: (tx: Tx, conversationId: string) =>
    tx
      .selectFrom('llm_jobs')
      .select(['id', 'status'])
      .where('conversation_id', '=', conversationId)
      .where('status', 'in', ['pending', 'processing'])
      .orderBy('id')
      .forUpdate()
      .execute(),

  requestCancel: (tx: Tx, id: string) =>
    tx
      .updateTable('llm_jobs')
      .set({ cancel_requested_at: sql`coalesce(cancel_requested_at, now())` })
      .where('id', '=', id)
      .execute(),

  /** The question's new words, in the job and in the conversation. The answer is a microsecond younger than its question. */
  reword: async (tx: Tx, id: string, messageId: string, content: string): Promise<void> => {
    await tx.updateTable('llm_jobs').set({ prompt: content }).where('id', '=', id).execute();
    await sql`
      update chat_messages set content = ${content} where id = (
        select question.id from chat_messages question join chat_messages answer on answer.conversation_id = question.conversation_id
        where answer.id = ${messageId} and question.role = 'user' and question.created_at < answer.created_at
        order by question.created_at desc limit 1)`.execute(tx);
  },

  isFinal: async (db: Db, id: string): Promise<boolean> =>
    (await db.selectFrom('llm_jobs').select('id').where('id', '=', id).where('finished_at', 'is', null).executeTakeFirst()) === undefined,

  findTicket,
  findTextSoFar,
  findMessage: findMessageOfJob,
  readEvents,
};
export type JobsRepository = typeof jobsRepository;
export type JobRow = NonNullable<Awaited<ReturnType<JobsRepository['find']>>>;
