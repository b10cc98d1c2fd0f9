import { sql } from 'kysely';
import { findAdmission, refuseUnfit } from '#admission';
import type { Ticket } from '#contracts';
import type { Tx } from '#db';
import { insertEvents } from './events.ts';
import { jobPriority, type JobSpec } from './job-spec.ts';
import { admitToLine, type LineLimits } from './limits.ts';
import { firstTicket, storePrediction, storeTickets, toTicket } from './line/tickets.ts';

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

/** Passages are quoted without one. */
const needsModel = (spec: JobSpec): boolean => spec.kind !== 'chat' || spec.mode !== 'quotes';

/**
 * Puts a job in line: its row, its place and its first event, the ticket. The caller adds the turn once this has
 * committed. The box's own questions have no `limits`. Errors: `queue_full`; `model_too_large` and `memory_short` for a model that the box cannot make
 * room for, whatever it unloads.
 */
export const submitJob = async (tx: Tx, job: NewJob, limits: LineLimits | null): Promise<{ jobId: string; ticket: Ticket }> => {
  if (limits && job.userId !== null) await admitToLine(tx, job.userId, limits);
  if (limits?.hasOwnRuntime && needsModel(job.spec)) {
    const admission = await findAdmission(tx, job.spec.model ?? null);
    if (admission) refuseUnfit(admission);
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
  const told = await firstTicket(tx, id, Date.now());
  if (!told) throw new Error(`Job ${id} is not in line right after it was put there.`);
  await storeTickets(tx, [told]);
  await storePrediction(tx, told);
  const ticket = toTicket(told);
  await insertEvents(tx, id, [{ seq: 1, event: 'ticket', data: ticket }]);
  return { jobId: id, ticket };
};
