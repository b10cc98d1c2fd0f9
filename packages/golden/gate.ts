import type { Database } from '#db';
import { judge, type Summary, type Verdict } from './measure.ts';
import { runGolden, type GoldenSearch } from './run.ts';

interface Needs {
  readonly database: Pick<Database, 'db' | 'inTransaction'>;
  /** As it is now, and as it would be. */
  readonly before: GoldenSearch;
  readonly after: GoldenSearch;
  readonly signal?: AbortSignal;
}

const NONE: Summary = { questions: 0, foundAt5: 0, foundAt10: 0, meanReciprocalRank: 0 };

/**
 * Asks all golden questions of the box as it is and as it would be, and judges whether the change may stand: for every workspace by itself, since
 * what one gains does not make up for what another loses. Both runs are stored. A search that could only compare words proves nothing: no change then.
 */
export const goldenGate = async ({ database, before, after, signal }: Needs, workspaceIds: readonly string[]): Promise<Verdict> => {
  const verdicts: Verdict[] = [];
  for (const workspaceId of workspaceIds) {
    const was = await runGolden({ database, search: before, signal }, { workspaceId, trigger: 'gate' });
    const would = await runGolden({ database, search: after, signal }, { workspaceId, trigger: 'gate' });
    if (would?.degraded === true) return { kept: false, sentence: 'The golden questions could not be compared by meaning, so the change was not made.' };
    verdicts.push(judge(was ?? NONE, would ?? NONE));
  }
  return verdicts.find(({ kept }) => !kept) ?? verdicts.find(({ sentence }) => sentence !== '') ?? judge(NONE, NONE);
};
