import type { Host } from '#kit';
import { openDatabase, type Database } from './database.ts';
import { createNotifier, type Notifier } from './notifier.ts';

type Sharing = Pick<Host, 'share' | 'log'>;

/** The process's one pool. */
export const sharedDatabase = ({ share, log }: Sharing, url: string): Database =>
  share(
    'database',
    () => openDatabase({ url, log }),
    (database) => database.close(),
  );

/** The process's one LISTEN connection. */
export const sharedNotifier = (host: Sharing, url: string): Notifier =>
  host.share(
    'notifier',
    () => createNotifier({ database: sharedDatabase(host, url), log: host.log }),
    (notifier) => notifier.close(),
  );
