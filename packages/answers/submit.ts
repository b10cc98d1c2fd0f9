import { sql } from 'kysely';
import type { Ticket } from '#contracts';
import type { Tx } from '#db';
import { AppError } from '#kit';
import { insertEvents } from './events.ts';
import { jobPriority, type JobSpec } from './job-spec.ts';
import { findTicket } from './ticket.ts';

export interface NewJob {
  workspaceId: string;
  /** Null: the box itself asks. */
  userId: number | null;
  /** Its class; a person's own, when it is left out. */
  priority?: number;
  /** The question, or the last thing said. */
  prompt: string;
  spec: JobSpec;
  conversationId?: string;
  /** The assistant's message that the answer goes into. */
  messageId?: string;
}

/** Enough for scripts that ask in parallel; a queue of more would only hide that the box cannot keep up. */
const MAX_WAITING_PER_USER = 50;
const RETRY_AFTER_MS = 15_000;

/**
 * Puts a job in line: its row, its place and its first event, the ticket. The caller adds the turn once this has
 * committed. Errors: `queue_full`.
 */
export const submitJob = async (tx: Tx, job: NewJob): Promise<{ jobId: string; ticket: Ticket }> => {
  const { waiting } = await tx
    .selectFrom('llm_jobs')
    .select((eb) => eb.fn.countAll<number>().as('waiting'))
    .where((eb) => (job.userId === null ? eb.and([eb('user_id', 'is', null), eb('workspace_id', '=', job.workspaceId)]) : eb('user_id', '=', job.userId)))
    .where('status', '=', 'pending')
    .executeTakeFirstOrThrow();
  if (waiting >= MAX_WAITING_PER_USER) {
    throw new AppError('queue_full', {
      message: `${waiting} of your questions are waiting already; that is as many as one person may have in line. Wait for an answer, or withdraw some.`,
      retryAfterMs: RETRY_AFTER_MS,
    });
  }
  const { kind, ...params } = job.spec;
  const { id } = await tx
    .with('job', (qb) =>
      qb
        .insertInto('llm_jobs')
        .values({
          workspace_id: job.workspaceId,
          user_id: job.userId,
          conversation_id: job.conversationId ?? null,
          message_id: job.messageId ?? null,
          kind,
          prompt: job.prompt,
          params: JSON.stringify(params),
          last_seq: 1,
          created_at: sql`clock_timestamp()`,
        })
        .returning('id'),
    )
    .insertInto('llm_queue')
    .columns(['job_id', 'priority'])
    .expression((eb) => eb.selectFrom('job').select(['job.id', sql<number>`${job.priority ?? jobPriority.interactive}::int`.as('priority')]))
    .returning('job_id as id')
    .executeTakeFirstOrThrow();
  const ticket = await findTicket(tx, id);
  if (!ticket) throw new Error(`Job ${id} is not in line right after it was put there.`);
  await insertEvents(tx, id, [{ seq: 1, event: 'ticket', data: ticket }]);
  return { jobId: id, ticket };
};
