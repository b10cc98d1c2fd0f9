import { abstentionFitJob, runAbstentionFit, type EvidenceSearch } from '#abstention';
import type { Database, Notifier } from '#db';
import type { Logger } from '#kit';
import { createJobs, createJobWorker, type QueueConnection } from '#queue';

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  notifier: Pick<Notifier, 'subscribe'>;
  connection: QueueConnection;
  search: EvidenceSearch;
  /** How long the index has to be quiet before a change of it is measured. */
  quietMs: number;
  log: Logger;
}

const NIGHTLY_MS = 24 * 3_600_000;

/** Workspaces that have documents. */
const listWorkspaces = async ({ db }: Pick<Database, 'db'>): Promise<string[]> =>
  (await db.selectFrom('documents').select('workspace_id').where('deleted_at', 'is', null).distinct().execute()).map((row) => row.workspace_id);

/** Fits the threshold of refusing every night, when the index has changed and is quiet again, when another model serves, and when somebody asks for it. */
export const startAbstentionFits = async ({ database, notifier, connection, search, quietMs, log }: Needs) => {
  const jobs = createJobs({ connection, log });
  let timer: NodeJS.Timeout | undefined;
  const later = (trigger: 'index' | 'model') => () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      jobs
        .add(database.db, abstentionFitJob, { trigger }, { id: `abstention.${trigger}` })
        .catch((error: unknown) => log.warn({ error }, 'the threshold of refusing could not be put in line; the next change or night does it'));
    }, quietMs);
    timer.unref();
  };
  const unsubscribe = [
    notifier.subscribe('passages.embedded', later('index')),
    notifier.subscribe('documents.changed', later('index')),
    notifier.subscribe('search.switched', later('model')),
  ];
  const worker = createJobWorker({ connection, log }, abstentionFitJob, async ({ trigger }, { signal }) => {
    for (const workspaceId of await listWorkspaces(database)) await runAbstentionFit({ database, search, signal }, { workspaceId, trigger });
  });
  await jobs.repeat(abstentionFitJob, { trigger: 'nightly' }, { everyMs: NIGHTLY_MS });

  return {
    async close() {
      unsubscribe.forEach((stop) => stop());
      clearTimeout(timer);
      await worker.close();
    },
  };
};
