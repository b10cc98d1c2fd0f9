import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { trialCheck, updatePlanView, type UpdateProgress } from '#contracts';
import type { Database } from '#db';
import type { Clock } from '#kit';
import { readJournal, updatePlaces } from '#updates';
import type { BundlesRepository } from './bundles.repository.ts';

interface Needs {
  database: Pick<Database, 'db'>;
  repository: Pick<BundlesRepository, 'findRunning' | 'findPlanOf'>;
  dataDir: string;
  clock: Clock;
}

const ENDED = new Set(['committed', 'rolled_back', 'refused', 'abandoned', 'lost']);
const trialFile = z.object({ updateId: z.string(), checks: z.array(trialCheck) });

/** Reads how far the update under way is; null when there is none. The journal is the truth: it goes on while the box starts again. */
export const createProgressReader =
  ({ database, repository, dataDir, clock }: Needs) =>
  async (onTrial: string | null): Promise<UpdateProgress | null> => {
    const places = updatePlaces(dataDir);
    const entries = await readJournal(places.journal);
    const updateId = entries.findLast((entry) => entry.updateId !== undefined)?.updateId;
    const own = entries.filter((entry) => entry.updateId !== undefined && entry.updateId === updateId);
    const [first, last] = [own[0], own.at(-1)];
    if (!updateId || !first || !last || ENDED.has(last.state)) return null;
    // An update that a kill ended before the switch is closed by the next one; until then nobody is at it.
    if (updateId !== onTrial && !(await repository.findRunning(database.db))) return null;
    const to = first.to ?? '';
    const plan = updatePlanView.safeParse((await repository.findPlanOf(database.db, to))?.plan).data;
    const checks = await readFile(places.trial, 'utf8').then(
      (text) => trialFile.parse(JSON.parse(text)),
      () => null,
    );
    const left = plan ? plan.durationMs - (clock.now() - Date.parse(first.at)) : 0;
    return {
      updateId,
      from: first.from ?? '',
      to,
      state: last.state,
      startedAt: first.at,
      steps: own.map(({ state, at }) => ({ state, at })),
      checks: checks?.updateId === updateId ? checks.checks : [],
      leftMs: left > 0 ? left : null,
    };
  };
export type ProgressReader = ReturnType<typeof createProgressReader>;
