import type { HealthPart, IssueView, LauncherState } from '#contracts';

/** What each part needs to be well. Parts that are not named stand alone. */
const NEEDS: Record<string, string[]> = {
  'dashboard-backend': ['postgres'],
  'metrics-collector': ['postgres'],
  'document-indexer': ['postgres', 'model-runtime'],
  'llm-queue': ['postgres', 'model-runtime'],
  'self-healing': ['postgres'],
  'telegram-bot': ['postgres'],
  updater: ['postgres'],
  backups: ['postgres'],
  automations: ['postgres', 'llm-queue'],
  'model-runtime': [],
  postgres: [],
};

const STATES = { ready: 'well', starting: 'starting', restarting: 'down', failed: 'down', stopped: 'held' } as const satisfies Record<
  string,
  HealthPart['state']
>;
/** Without these there is nothing to look at the box with. */
const NOT_HELD = ['postgres', 'dashboard-backend', 'self-healing'];

interface Facts {
  launcher: LauncherState | null;
  issues: readonly IssueView[];
  holds: ReadonlyMap<string, string>;
}

/** The parts of the box, each with what it needs and what is wrong with it. */
export const toParts = ({ launcher, issues, holds }: Facts): HealthPart[] => {
  const services = launcher?.services ?? [];
  /** Services that share a process are stopped together or not at all. */
  const shares = (name: string, pid: number | null): boolean => pid !== null && services.some((other) => other.name !== name && other.pid === pid);
  return services.map(({ name, state, pid, since, restarts, lastError }) => {
    const issue = issues.find((one) => one.subject === name);
    const heldBy = holds.get(name) ?? null;
    const plain = heldBy === null ? STATES[state] : 'held';
    return {
      name,
      needs: (NEEDS[name] ?? []).filter((other) => services.some((one) => one.name === other)),
      state: plain === 'well' && (issue || lastErrorCounts(state, lastError, restarts)) ? 'degraded' : plain,
      sentence: issue?.description ?? (state === 'ready' && restarts > 0 ? null : lastError),
      since,
      restarts,
      canHold: !NOT_HELD.includes(name) && (heldBy !== null || !shares(name, pid)),
      heldBy,
    };
  });
};

/** While a service runs, its complaint stands where its last error was; one of a life before is history. */
const lastErrorCounts = (state: string, lastError: string | null, restarts: number): boolean => state === 'ready' && lastError !== null && restarts === 0;
