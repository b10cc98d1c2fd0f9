import type { NotificationView, PageQuery, Severity, Words } from '#contracts';
import { decodeCursor, toPage, type Database, type Notifier } from '#db';
import type { Principal } from '../../http/index.ts';
import type { BellRepository } from './bell.repository.ts';

interface Needs {
  database: Pick<Database, 'db'>;
  notifier: Pick<Notifier, 'subscribe' | 'onReconnect' | 'publish'>;
  repository: BellRepository;
}

type Row = Awaited<ReturnType<BellRepository['list']>>[number];

const toView = (row: Row): NotificationView => ({
  id: row.id,
  topic: row.topic,
  severity: row.severity as Severity,
  title: row.title as unknown as Words,
  body: row.body as unknown as Words | null,
  link: row.link,
  createdAt: row.created_at.toISOString(),
  readAt: row.read_at?.toISOString() ?? null,
});

/** What the bell shows as it rings: how many are unread, and the newest of them. */
export interface Ring {
  unread: number;
  newest: NotificationView | null;
}

export type BellService = ReturnType<typeof createBellService>;

/** The dashboard's own channel. */
export const createBellService = ({ database, notifier, repository }: Needs) => {
  const ring = async ({ userId }: Principal): Promise<Ring> => {
    const [newest] = await repository.list(database.db, userId, 1);
    return { unread: await repository.unread(database.db, userId), newest: newest ? toView(newest) : null };
  };

  return {
    async list({ userId }: Principal, { limit, cursor }: PageQuery) {
      const after = cursor === undefined ? undefined : (decodeCursor(cursor, 2) as [string, string]);
      const rows = await repository.list(database.db, userId, limit + 1, after);
      const page = toPage(rows, limit, (row) => [row.created_exact, row.id], toView);
      return { ...page, unread: await repository.unread(database.db, userId) };
    },

    async read({ userId }: Principal, ids: readonly string[] | undefined): Promise<void> {
      await repository.read(database.db, userId, ids);
      await notifier.publish(database.db, 'notifications.spread', { count: 0 });
    },

    /** The bell's state now and at each change, until the reader goes. */
    async *follow(who: Principal, signal: AbortSignal): AsyncGenerator<Ring> {
      let wake: () => void = () => undefined;
      let due = true;
      const on = () => {
        due = true;
        wake();
      };
      const ends = [notifier.subscribe('notifications.spread', on), notifier.onReconnect(on)];
      signal.addEventListener('abort', () => wake(), { once: true });
      let told = '';
      try {
        while (!signal.aborted) {
          if (!due) await new Promise<void>((resolve) => (wake = resolve));
          if (signal.aborted) return;
          due = false;
          const now = await ring(who);
          const words = `${now.unread} ${now.newest?.id ?? ''}`;
          if (words !== told) yield now;
          told = words;
        }
      } finally {
        for (const end of ends) end();
      }
    },
  };
};
