import { readLine, storeTickets, ticketsOf } from '#answers';
import type { Database, Notifier } from '#db';
import { systemClock, type Logger } from '#kit';

interface Needs {
  database: Pick<Database, 'db'>;
  notifier: Pick<Notifier, 'publish' | 'subscribe' | 'onReconnect'>;
  log: Logger;
}

/** Arrivals send no signal of their own; estimates drift with what runs. */
const LOOK_EVERY_MS = 1_000;
/** Tickets that are worked out job by job; who is further back waits for hours. */
const EXACT = 300;

/** Keeps the tickets of those who wait true: places, times and worst waits go into the rows, and readers are told when some have changed. */
export const startTickets = ({ database: { db }, notifier, log }: Needs) => {
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let isLate = false;
  let work: Promise<void> | null = null;
  const known = new Map<string, string>();

  const tell = async (): Promise<void> => {
    const now = systemClock.now();
    const line = await readLine(db, now);
    const tickets = ticketsOf(line, now, EXACT).slice(0, EXACT);
    // Times shrink by themselves, so that only what differs from that is news: a second, or a tenth.
    const wordsOf = ({ place, switches, etaMs }: (typeof tickets)[number]): string => {
      const grain = Math.max(1_000, (etaMs ?? 0) / 10);
      return `${place} ${switches} ${etaMs === null ? null : Math.round((now + etaMs) / grain)}`;
    };
    const changed = tickets.filter((one) => known.get(one.jobId) !== wordsOf(one));
    known.clear();
    for (const one of tickets) known.set(one.jobId, wordsOf(one));
    if (changed.length === 0) return;
    await storeTickets(db, changed);
    await notifier.publish(db, 'queue.wake', { queue: 'tickets' });
  };

  const now = (): void => {
    clearTimeout(timer);
    if (closed) return;
    if (work) {
      isLate = true;
      return;
    }
    isLate = false;
    work = tell()
      .catch((error: unknown) => log.debug({ error }, 'tickets could not be told; they are told again'))
      .finally(() => {
        work = null;
        if (closed) return;
        if (isLate) now();
        else timer = setTimeout(now, LOOK_EVERY_MS);
      });
  };
  const ends = [
    notifier.subscribe('queue.wake', ({ queue }) => {
      if (queue === 'llm') now();
    }),
    notifier.onReconnect(now),
  ];
  now();

  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      for (const end of ends) end();
      await work;
    },
  };
};
