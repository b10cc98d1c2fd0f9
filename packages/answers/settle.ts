import { sql } from 'kysely';
import type { AnswerRecord, AnswerTimings, Citation, MessageView, NearestPassage } from '#contracts';
import type { Notifier, Tx } from '#db';
import { insertEvents, type JobEvent } from './events.ts';

/** What a job has to show in the end, whole or as far as it came. */
export interface Answer {
  content: string;
  citations: Citation[];
  grounded: boolean;
  unsupported: [number, number][];
  doubtfulNumbers?: [number, number][];
  /** The documents do not answer; `nearest` is what came closest. */
  refused?: boolean;
  nearest?: NearestPassage[];
  answeredBy: MessageView['answeredBy'];
  model: string | null;
  timings: AnswerTimings | null;
  promptTokens?: number;
  completionTokens?: number;
  /** Why the model ended: `length` when the limit cut it. */
  finishReason?: 'stop' | 'length';
  /** What it was made from, for its receipt; absent when no documents were asked. */
  record?: AnswerRecord;
}

export type Outcome =
  | { status: 'completed'; answer: Answer }
  | { status: 'cancelled'; answer: Answer }
  | { status: 'failed'; answer: Answer; error: { code: string; message: string } };

/** An answer of which there is only text, such as what a dead worker left behind. */
export const bareAnswer = (content: string): Answer => ({
  content,
  citations: [],
  grounded: false,
  unsupported: [],
  answeredBy: null,
  model: null,
  timings: null,
});

const MESSAGE_STATUS = { completed: 'complete', cancelled: 'stopped', failed: 'failed' } as const;

const finalEvent = (outcome: Outcome): JobEvent => {
  if (outcome.status === 'failed') return { event: 'failed', data: outcome.error };
  return { event: outcome.status === 'completed' ? 'done' : 'cancelled', data: {} };
};

/**
 * Gives a job its one final state: the row, the message, the last event, and its place in line is free. The caller holds
 * the row's lock and has checked that the job is not final and is its to settle.
 */
export const settleJob = async (
  tx: Tx,
  { notifier, jobId, outcome }: { notifier: Pick<Notifier, 'publish'>; jobId: string; outcome: Outcome },
): Promise<void> => {
  const { answer } = outcome;
  const error = outcome.status === 'failed' ? outcome.error : null;
  const job = await tx
    .updateTable('llm_jobs')
    .set({
      status: outcome.status,
      response: answer.content,
      error: error?.message ?? null,
      error_code: error?.code ?? null,
      model: answer.model,
      timings: answer.timings && JSON.stringify(answer.timings),
      prompt_tokens: answer.promptTokens ?? null,
      completion_tokens: answer.completionTokens ?? null,
      result: JSON.stringify({ citations: answer.citations, finishReason: answer.finishReason ?? 'stop' }),
      lease_holder: null,
      lease_expires_at: null,
      finished_at: sql`clock_timestamp()`,
      last_seq: sql<number>`last_seq + 1`,
    })
    .where('id', '=', jobId)
    .returning(['last_seq', 'message_id', 'workspace_id'])
    .executeTakeFirstOrThrow();
  if (job.message_id) {
    await tx
      .updateTable('chat_messages')
      .set({
        content: answer.content,
        status: MESSAGE_STATUS[outcome.status],
        sources: JSON.stringify(answer.citations),
        grounded: answer.grounded,
        unsupported: JSON.stringify(answer.unsupported),
        doubtful_numbers: JSON.stringify(answer.doubtfulNumbers ?? []),
        refused: answer.refused ?? false,
        nearest: JSON.stringify(answer.nearest ?? []),
        answered_by: answer.answeredBy,
        model: answer.model,
        timings: answer.timings && JSON.stringify(answer.timings),
        error: error && JSON.stringify(error),
      })
      .where('id', '=', job.message_id)
      .execute();
    if (answer.record) {
      await tx
        .insertInto('answer_records')
        .values({ message_id: job.message_id, workspace_id: job.workspace_id, record: JSON.stringify(answer.record) })
        .onConflict((conflict) => conflict.column('message_id').doUpdateSet({ record: JSON.stringify(answer.record) }))
        .execute();
    }
  }
  await insertEvents(tx, jobId, [{ ...finalEvent(outcome), seq: job.last_seq }]);
  await tx.deleteFrom('llm_queue').where('job_id', '=', jobId).execute();
  await notifier.publish(tx, 'job.appended', { jobId, seq: job.last_seq });
  await notifier.publish(tx, 'queue.wake', { queue: 'llm' });
};
