import { goldenGate, goldenGateJob, goldenRepository, goldenRunJob, runGolden, type GoldenSearch } from '#golden';
import type { Database, Notifier } from '#db';
import type { Logger } from '#kit';
import { searchModels } from '#retrieval';
import { createJobs, createJobWorker, type QueueConnection } from '#queue';

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  notifier: Pick<Notifier, 'subscribe' | 'publish'>;
  connection: QueueConnection;
  search: GoldenSearch;
  /** The same search over another model's vectors. */
  searchWith: (model: string) => GoldenSearch;
  /** The embedding model that serves now; null while there is none. */
  embedModel: () => Promise<string | null>;
  /** How long the index has to be quiet before a change of it is measured. */
  quietMs: number;
  log: Logger;
}

const NIGHTLY_MS = 24 * 3_600_000;

/** Workspaces that have golden questions. */
const listWorkspaces = async ({ db }: Pick<Database, 'db'>): Promise<string[]> =>
  (await db.selectFrom('golden_questions').select('workspace_id').distinct().execute()).map((row) => row.workspace_id);

/**
 * Asks the golden questions every night, when the index has been changed and is quiet again, when another embedding model serves, and when
 * somebody asks for it. Several changes in a row make one run.
 */
export const startGoldenRuns = async ({ database, notifier, connection, search, searchWith, embedModel, quietMs, log }: Needs) => {
  const jobs = createJobs({ connection, log });
  const timers = new Map<'index' | 'model', NodeJS.Timeout>();

  const later = (trigger: 'index' | 'model', due: () => Promise<boolean>): void => {
    clearTimeout(timers.get(trigger));
    const timer = setTimeout(() => {
      due()
        .then((isDue) => (isDue ? jobs.add(database.db, goldenRunJob, { trigger }, { id: `golden.${trigger}` }) : undefined))
        .catch((error: unknown) => log.warn({ error }, 'the golden questions could not be put in line; the next change or night does it'));
    }, quietMs);
    timers.set(trigger, timer);
    timer.unref();
  };

  const isOtherModel = async (): Promise<boolean> => {
    const now = await embedModel();
    if (now === null) return false;
    const last = await Promise.all((await listWorkspaces(database)).map((workspaceId) => goldenRepository.findLastModel(database.db, workspaceId)));
    return last.some((model) => model !== now);
  };
  const onIndexChange = () => later('index', () => Promise.resolve(true));
  const unsubscribe = [
    notifier.subscribe('passages.embedded', onIndexChange),
    notifier.subscribe('documents.changed', onIndexChange),
    notifier.subscribe('models.changed', () => later('model', isOtherModel)),
  ];

  const worker = createJobWorker({ connection, log }, goldenRunJob, async ({ trigger }, { signal }) => {
    for (const workspaceId of await listWorkspaces(database)) {
      const run = await runGolden({ database, search, signal }, { workspaceId, trigger });
      if (run) log.info({ trigger, questions: run.questions, foundAt5: run.foundAt5 }, 'the golden questions were asked');
    }
  });
  const gate = createJobWorker({ connection, log }, goldenGateJob, async ({ model }, { signal }) => {
    const { db } = database;
    const decided = await searchModels.find(db);
    if (decided === null || decided.serving === model || decided.refused === model || !(await searchModels.isComplete(db, model))) return;
    const verdict = await goldenGate({ database, before: search, after: searchWith(model), signal }, await listWorkspaces(database));
    await database.inTransaction((tx) =>
      verdict.kept ? searchModels.switchTo(tx, notifier, model, { verdict: verdict.sentence }) : searchModels.refuse(tx, model, verdict.sentence),
    );
    log.info({ model, kept: verdict.kept }, verdict.sentence);
  });
  await jobs.repeat(goldenRunJob, { trigger: 'nightly' }, { everyMs: NIGHTLY_MS });

  return {
    async close() {
      unsubscribe.forEach((stop) => stop());
      timers.forEach((timer) => clearTimeout(timer));
      await Promise.all([worker.close(), gate.close()]);
    },
  };
};
