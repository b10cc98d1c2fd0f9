import { readFile } from 'node:fs/promises';
import type { CanaryAnswer } from '#canary';
import { launcherState } from '#contracts';
import type { Database } from '#db';
import { judge, runGolden, type GoldenSearch } from '#golden';
import type { Clock } from '#kit';
import type { TrialGate } from './trial.ts';

interface Needs {
  readyUrl: string;
  stateFile: string | null;
  database: Pick<Database, 'db' | 'inTransaction'>;
  search: GoldenSearch;
  canary: (signal: AbortSignal) => Promise<CanaryAnswer>;
  clock: Clock;
}

const POLL_MS = 250;
const READY_MS = 30_000;
// The collector's interval is five seconds by default, a minute at most.
const METRICS_MS = 70_000;
// While the embedding model loads, a search is by words alone and finds less.
const RECALL_TRIES = 8;
const RECALL_PAUSE_MS = 2_500;

/** What a new release must show before it stays, the quickest to fail first. */
export const createGates = ({ readyUrl, stateFile, database, search, canary, clock }: Needs): TrialGate[] => {
  const startedAt = new Date(clock.now());
  const until = async (limitMs: number, signal: AbortSignal, found: () => Promise<boolean>): Promise<boolean> => {
    for (const end = clock.now() + limitMs; clock.now() < end; await clock.sleep(POLL_MS, signal)) if (await found()) return true;
    return false;
  };
  const steady = async (): Promise<string> => {
    if (stateFile === null) return 'Nothing watches the services.';
    const { services } = launcherState.parse(JSON.parse(await readFile(stateFile, 'utf8')));
    const ill = services.find(({ state, restarts }) => restarts > 0 || state === 'failed' || state === 'restarting');
    if (ill) throw new Error(`${ill.name} does not stay up (${ill.restarts} restarts so far${ill.lastError ? `: ${ill.lastError}` : ''}).`);
    return `${services.length} services run, none was restarted.`;
  };

  const recallOf = async (workspaceId: string, signal: AbortSignal): Promise<string> => {
    const before = await database.db
      .selectFrom('golden_runs')
      .select(['questions', 'found_at_5', 'found_at_10', 'mean_reciprocal_rank', 'degraded'])
      .where('workspace_id', '=', workspaceId)
      .where('trigger', '!=', 'gate')
      .orderBy('created_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    if (!before) return 'No golden question was asked before, so there is nothing to compare.';
    const was = { questions: before.questions, foundAt5: before.found_at_5, foundAt10: before.found_at_10, meanReciprocalRank: before.mean_reciprocal_rank };
    for (let attempt = 1; ; attempt += 1) {
      const now = await runGolden({ database, search, signal }, { workspaceId, trigger: 'gate' });
      if (now === null) return 'There are no golden questions.';
      const verdict = judge(was, now);
      if (verdict.kept)
        return `${now.foundAt5} of ${now.questions} golden questions find their page among the first five; before, ${was.foundAt5} of ${was.questions}.`;
      if (attempt >= RECALL_TRIES || (!now.degraded && attempt >= 2))
        throw new Error(
          `The search finds less than before: ${now.foundAt5} of ${now.questions} golden questions among the first five; before, ${was.foundAt5} of ${was.questions}.`,
        );
      await clock.sleep(RECALL_PAUSE_MS, signal);
    }
  };

  return [
    {
      name: 'ready',
      async run(signal) {
        const isReady = () =>
          fetch(readyUrl, { signal }).then(
            ({ ok }) => ok,
            () => false,
          );
        if (!(await until(READY_MS, signal, isReady))) throw new Error('The dashboard did not answer that it is ready.');
        return 'The dashboard answers.';
      },
    },
    { name: 'services', run: steady },
    {
      name: 'recall',
      async run(signal) {
        const workspaces = await database.db.selectFrom('golden_questions').select('workspace_id').distinct().execute();
        const sentences: string[] = [];
        for (const { workspace_id: id } of workspaces) sentences.push(await recallOf(id, signal));
        return sentences.join(' ') || 'There are no golden questions.';
      },
    },
    {
      name: 'canary',
      async run(signal) {
        const { ok, question, cited, reason } = await canary(signal);
        if (!ok) throw new Error(`The known question “${question}” was not answered: ${reason ?? 'no reason was given'}`);
        return `“${question}” was answered and cited: “${cited ?? ''}”`;
      },
    },
    {
      name: 'metrics',
      async run(signal) {
        const flows = async () => {
          const row = await database.db.selectFrom('metrics_cpu').select('timestamp').where('timestamp', '>', startedAt).limit(1).executeTakeFirst();
          return row !== undefined;
        };
        if (!(await until(METRICS_MS, signal, flows))) throw new Error('No reading of the machine was stored.');
        return 'Readings of the machine are stored.';
      },
    },
    { name: 'steady', run: steady },
  ];
};
