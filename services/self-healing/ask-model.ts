import { answerTurn, jobPriority, submitJob, turnId } from '#answers';
import { BOX_WORKSPACE } from '#canary';
import type { Database, Notifier } from '#db';
import { AppError, type Clock } from '#kit';
import type { Jobs } from '#queue';

const LOOK_MS = 250;

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  notifier: Pick<Notifier, 'publish'>;
  jobs: Pick<Jobs, 'add'>;
  clock: Clock;
}

/** One word from the model, through the queue like everybody's; resolves with how long it took. Errors: `model_stopped` with the queue's reason, the signal's reason. */
export const createAskModel =
  ({ database, notifier, jobs, clock }: Needs) =>
  async (signal: AbortSignal): Promise<number> => {
    const began = clock.now();
    const { jobId } = await database.inTransaction(async (tx) => {
      const job = await submitJob(
        tx,
        {
          workspaceId: BOX_WORKSPACE,
          userId: null,
          priority: jobPriority.background,
          prompt: 'Self-test',
          spec: { kind: 'completion', fromDocuments: false, messages: [{ role: 'user', content: 'Say yes.' }], maxTokens: 1, temperature: 0 },
        },
        null,
      );
      await jobs.add(tx, answerTurn, { jobId: job.jobId }, { id: turnId({ id: job.jobId, fence: 0 }) });
      return job;
    });
    try {
      for (;;) {
        const job = await database.db.selectFrom('llm_jobs').select(['status', 'error']).where('id', '=', jobId).executeTakeFirst();
        if (job?.status === 'completed') return clock.now() - began;
        if (!job || job.status === 'failed' || job.status === 'cancelled')
          throw new AppError('model_stopped', { message: job?.error ?? 'the question was lost', retryAfterMs: 5_000 });
        await clock.sleep(LOOK_MS, signal);
      }
    } catch (error) {
      await database.inTransaction(async (tx) => {
        await tx.updateTable('llm_jobs').set({ cancel_requested_at: new Date() }).where('id', '=', jobId).where('finished_at', 'is', null).execute();
        await notifier.publish(tx, 'job.cancel', { jobId });
      });
      throw error;
    }
  };
