import { bareAnswer, settleJob } from '#answers';
import type { JobView, PageQuery, Ticket } from '#contracts';
import { decodeCursor, toPage, type Database, type Notifier, type Tx } from '#db';
import { AppError } from '#kit';
import { roleAllows, type Principal } from '../../http/index.ts';
import type { Audit } from '../audit/index.ts';
import type { JobRow, JobsRepository } from './jobs.repository.ts';

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  notifier: Pick<Notifier, 'publish'>;
  repository: JobsRepository;
  audit: Audit;
}

const toView = (row: JobRow, ticket: Ticket | null): JobView => ({
  id: row.id,
  status: row.status as JobView['status'],
  conversationId: row.conversation_id,
  messageId: row.message_id,
  ticket,
  attempts: row.attempts,
  error: row.error === null ? null : { code: row.error_code ?? 'internal', message: row.error },
  createdAt: row.created_at.toISOString(),
  startedAt: row.started_at?.toISOString() ?? null,
  finishedAt: row.finished_at?.toISOString() ?? null,
});

/** How a job without a message ended. */
export interface JobResult {
  model: string | null;
  finishReason: 'stop' | 'length';
  promptTokens: number;
  completionTokens: number;
}

export type JobsService = ReturnType<typeof createJobsService>;

/** Jobs as the person who asked sees them, and administrators when they stop one. */
export const createJobsService = ({ database, notifier, repository, audit }: Needs) => {
  const { db } = database;

  const own = (row: JobRow | undefined, who: Principal): JobRow => {
    if (row?.user_id !== who.userId) throw new AppError('not_found', { message: 'There is no such job.' });
    return row;
  };

  /** Ends a job that is not final: at once when it waits, through its worker when it runs. */
  const stop = async (tx: Tx, { id, status }: { id: string; status: string }): Promise<void> => {
    if (status === 'pending')
      await settleJob(tx, { notifier, jobId: id, outcome: { status: 'cancelled', answer: bareAnswer(await repository.findTextSoFar(tx, id)) } });
    else {
      await repository.requestCancel(tx, id);
      await notifier.publish(tx, 'job.cancel', { jobId: id });
    }
  };

  return {
    async get(who: Principal, id: string): Promise<JobView> {
      const row = own(await repository.find(db, id), who);
      return toView(row, await repository.findTicket(db, id));
    },

    async list(who: Principal, { limit, cursor, status }: PageQuery & { status?: JobView['status'] }) {
      const after = cursor === undefined ? undefined : (decodeCursor(cursor, 2) as [string, string]);
      const rows = await repository.listOwn(db, who.userId, { status, after, limit: limit + 1 });
      const tickets = new Map(
        await Promise.all(rows.filter(({ finished_at }) => finished_at === null).map(async ({ id }) => [id, await repository.findTicket(db, id)] as const)),
      );
      return toPage(
        rows,
        limit,
        (row) => [row.created_exact, row.id],
        (row) => toView(row, tickets.get(row.id) ?? null),
      );
    },

    /**
     * Stops a job of one's own, or anybody's as an administrator; what was written so far stays. Stopping it again changes
     * nothing. Errors: `not_found`, `job_not_active` when it has already ended otherwise.
     */
    cancel: (who: Principal, id: string): Promise<JobView> =>
      database.inTransaction(async (tx) => {
        const found = await repository.findForUpdate(tx, id);
        const row = roleAllows(who.role, 'admin') && found ? found : own(found, who);
        if (row.status === 'completed' || row.status === 'failed') {
          throw new AppError('job_not_active', {
            message: `This job has ${row.status === 'completed' ? 'been completed' : 'failed'} already; there is nothing to stop.`,
          });
        }
        if (row.status !== 'cancelled') await stop(tx, row);
        if (row.user_id !== who.userId) await audit.record(tx, who, 'queue.job_cancelled', id, { kind: row.kind, status: row.status });
        const after = (await repository.findForUpdate(tx, id)) ?? row;
        return toView(after, await repository.findTicket(tx, id));
      }),

    /**
     * Words a question anew that still waits; it keeps its place. Errors: `not_found`, `job_not_active` when its answer was
     * begun, `conflict` for a request of the API, which is its client's to send again.
     */
    edit: (who: Principal, id: string, content: string): Promise<JobView> =>
      database.inTransaction(async (tx) => {
        const row = own(await repository.findForUpdate(tx, id), who);
        if (row.status !== 'pending' || row.attempts > 0) {
          throw new AppError('job_not_active', { message: 'This question is being answered already, or was; stop it and ask anew.' });
        }
        if (row.kind !== 'chat' || row.message_id === null) {
          throw new AppError('conflict', { message: 'A request of the API cannot be changed here; cancel it and send another.' });
        }
        await repository.reword(tx, row.id, row.message_id, content);
        await notifier.publish(tx, 'queue.wake', { queue: 'llm' });
        return toView(row, await repository.findTicket(tx, id));
      }),

    async result(id: string): Promise<JobResult> {
      const row = await repository.find(db, id);
      return {
        model: row?.model ?? null,
        finishReason: (row?.result as { finishReason?: 'length' } | null)?.finishReason ?? 'stop',
        promptTokens: row?.prompt_tokens ?? 0,
        completionTokens: row?.completion_tokens ?? 0,
      };
    },

    /** Stops all that is asked in a conversation, as part of its deletion. */
    async cancelConversation(tx: Tx, conversationId: string): Promise<void> {
      for (const job of await repository.activeOfConversation(tx, conversationId)) await stop(tx, job);
    },
  };
};
