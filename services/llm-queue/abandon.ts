import { sql } from 'kysely';
import { bareAnswer, findTextSoFar, settleJob } from '#answers';
import type { Settings } from '#contracts';
import type { Database, Notifier } from '#db';

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  notifier: Pick<Notifier, 'publish'>;
}

/** What is stopped when nobody follows it; everything else goes on and is there on return. */
const stoppedKinds = ({ abandonedChat, abandonedApi }: Settings['queue']): string[] => [
  ...(abandonedChat === 'stop' ? ['chat'] : []),
  ...(abandonedApi === 'stop' ? ['completion'] : []),
];

/**
 * Stops jobs that nobody has followed for the set time, where the setting of their class says so. The box's own questions are
 * followed by nobody and are never abandoned. Returns the jobs that were stopped. Can run any number of times, also at once.
 */
export const stopAbandoned = async ({ database, notifier }: Needs, settings: Settings['queue']): Promise<string[]> => {
  const kinds = stoppedKinds(settings);
  if (kinds.length === 0) return [];
  return database.inTransaction(async (tx) => {
    const { rows } = await sql<{ id: string; status: string }>`
      select j.id, j.status from llm_jobs j left join llm_job_presence p on p.job_id = j.id
      where j.status in ('pending', 'processing') and j.cancel_requested_at is null and j.user_id is not null and j.kind = any(${kinds})
        and greatest(j.created_at, coalesce(p.seen_at, j.created_at)) < now() - make_interval(mins => ${settings.abandonAfterMinutes})
      order by j.id limit 100 for update of j skip locked`.execute(tx);
    for (const { id, status } of rows) {
      if (status === 'pending') await settleJob(tx, { notifier, jobId: id, outcome: { status: 'cancelled', answer: bareAnswer(await findTextSoFar(tx, id)) } });
      else {
        await tx
          .updateTable('llm_jobs')
          .set({ cancel_requested_at: sql`now()` })
          .where('id', '=', id)
          .execute();
        await notifier.publish(tx, 'job.cancel', { jobId: id });
      }
    }
    return rows.map(({ id }) => id);
  });
};
