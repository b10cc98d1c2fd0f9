import type { Database } from '#db';
import type { Clock, Logger } from '#kit';
import type { ApiKeysRepository } from './api-keys.repository.ts';
import type { SessionsRepository } from './sessions.repository.ts';

/** A list of sessions that is a minute old is fresh enough; a write per request would not be. */
const WRITE_EVERY_MS = 60_000;

interface Needs {
  database: Pick<Database, 'db'>;
  sessions: Pick<SessionsRepository, 'touch'>;
  keys: Pick<ApiKeysRepository, 'touch'>;
  clock: Clock;
  log: Logger;
}

/** Collects when sessions and keys were last used and writes it once a minute, all in two statements. */
export const createActivity = ({ database, sessions, keys, clock, log }: Needs) => {
  let seenSessions = new Map<string, number>();
  let seenKeys = new Map<string, number>();

  const flush = async (): Promise<void> => {
    const [jtis, ids] = [seenSessions, seenKeys];
    seenSessions = new Map();
    seenKeys = new Map();
    if (jtis.size > 0)
      await sessions.touch(
        database.db,
        [...jtis].map(([jti, at]) => ({ jti, at: new Date(at) })),
      );
    if (ids.size > 0)
      await keys.touch(
        database.db,
        [...ids].map(([id, at]) => ({ id, at: new Date(at) })),
      );
  };
  const flushQuietly = () => flush().catch((error: unknown) => log.debug({ error }, 'last activity was not written'));
  const timer = setInterval(() => void flushQuietly(), WRITE_EVERY_MS).unref();

  return {
    seen(id: string, isKey: boolean): void {
      (isKey ? seenKeys : seenSessions).set(id, clock.now());
    },
    flush,
    async close(): Promise<void> {
      clearInterval(timer);
      await flushQuietly();
    },
  };
};
