import { readFile } from 'node:fs/promises';
import { launcherState, type HealthAnswer, type LauncherState } from '#contracts';
import type { Database } from '#db';
import { systemClock } from '#kit';

/** A database that is slower than this is as good as away to whoever asks for health. */
const PING_PATIENCE_MS = 2_000;

interface Needs {
  database: Pick<Database, 'ping'>;
  stateFile: string | null;
}

type Part = HealthAnswer['parts'][number];

export type HealthService = ReturnType<typeof createHealthService>;

/** Names and states of the parts; causes and addresses stay inside. */
export const createHealthService = ({ database, stateFile }: Needs) => {
  const databaseState = (): Promise<Part['state']> =>
    Promise.race([
      database.ping().then(
        () => 'ready' as const,
        () => 'away' as const,
      ),
      systemClock.sleep(PING_PATIENCE_MS).then(() => 'away' as const),
    ]);

  /** What the launcher last wrote; null when it is not there, as when a service runs by itself. */
  const readState = async (): Promise<LauncherState | null> => {
    if (stateFile === null) return null;
    try {
      return launcherState.parse(JSON.parse(await readFile(stateFile, 'utf8')));
    } catch {
      return null;
    }
  };

  // However many ask at once, one question is on its way.
  let pending: Promise<HealthAnswer> | undefined;
  const look = async (): Promise<HealthAnswer> => {
    const [postgres, state] = await Promise.all([databaseState(), readState()]);
    // The launcher starts us before it hears that we are ready; who answers is.
    const stateOf = (part: { name: string; state: Part['state'] }) =>
      part.name === 'postgres' ? postgres : part.name === 'dashboard-backend' ? 'ready' : part.state;
    const services = state?.services ?? [{ name: 'dashboard-backend', state: 'ready' as const }];
    const parts = services.map((part) => ({ name: part.name, state: stateOf(part) }));
    if (!parts.some(({ name }) => name === 'postgres')) parts.unshift({ name: 'postgres', state: postgres });
    const status = postgres === 'away' ? 'unavailable' : parts.every((part) => part.state === 'ready') ? 'ready' : 'degraded';
    return { status, parts };
  };

  return {
    look: (): Promise<HealthAnswer> =>
      (pending ??= look().finally(() => {
        pending = undefined;
      })),
  };
};
