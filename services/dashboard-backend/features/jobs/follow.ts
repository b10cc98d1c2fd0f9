import type { NumberedEvent } from '#answers';
import { finalJobEvents, type JobEventData, type MessageView, type Ticket } from '#contracts';
import { isDatabaseAway, type Database } from '#db';
import { systemClock } from '#kit';
import type { JobFeed } from './job-feed.ts';
import type { JobsRepository } from './jobs.repository.ts';

/** An event as it is sent. One without a number tells of now and is not replayed. */
export type SentEvent =
  | { seq?: undefined; event: 'ticket'; data: Ticket }
  | Exclude<NumberedEvent, { event: 'done' | 'cancelled' }>
  | { seq: number; event: 'done'; data: JobEventData<'done'> }
  | { seq: number; event: 'cancelled'; data: JobEventData<'cancelled'> };

interface Needs {
  database: Pick<Database, 'db'>;
  repository: Pick<JobsRepository, 'readEvents' | 'findMessage' | 'findTicket' | 'isFinal'>;
  feed: Pick<JobFeed, 'watch'>;
}

const AWAY_RETRY_MS = 250;
/** However fast the line moves, a place in it is told once a second. */
const TICKET_EVERY_MS = 1_000;

const wordsOf = ({ position, etaMs, etaP90Ms, paused }: Ticket): string => `${position} ${etaMs} ${etaP90Ms} ${paused}`;

/**
 * A job's events after number `after`, from the rows and then as they come, each once and in order, until the final one. Any
 * process can serve any reader; while Postgres is away the reader waits.
 */
export const createFollow = ({ database: { db }, repository, feed }: Needs) => {
  const patiently = async <T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> => {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!isDatabaseAway(error)) throw error;
        await systemClock.sleep(AWAY_RETRY_MS, signal);
      }
    }
  };

  const complete = async (event: NumberedEvent, jobId: string, signal: AbortSignal): Promise<SentEvent> => {
    if (event.event !== 'done' && event.event !== 'cancelled') return event as SentEvent;
    const message: MessageView | null = await patiently(() => repository.findMessage(db, jobId), signal);
    return { seq: event.seq, event: event.event, data: { message } };
  };

  return async function* follow(jobId: string, after: number, signal: AbortSignal): AsyncGenerator<SentEvent> {
    const watch = feed.watch(jobId);
    let cursor = after;
    let told = '';
    let toldAt = 0;
    let waits = true;
    try {
      while (!signal.aborted) {
        let events = await patiently(() => repository.readEvents(db, jobId, cursor), signal);
        if (events.length === 0 && (await patiently(() => repository.isFinal(db, jobId), signal))) {
          // It may have become final between the two looks; after this one nothing can come any more.
          events = await patiently(() => repository.readEvents(db, jobId, cursor), signal);
          if (events.length === 0) return;
        }
        for (const event of events) {
          if (signal.aborted) return;
          cursor = event.seq;
          if (event.event === 'ticket') told = wordsOf(event.data);
          else waits = false;
          yield await complete(event, jobId, signal);
          if (finalJobEvents.includes(event.event)) return;
        }
        if (events.length > 0) continue;
        if (waits && systemClock.now() - toldAt >= TICKET_EVERY_MS) {
          toldAt = systemClock.now();
          const ticket = await patiently(() => repository.findTicket(db, jobId), signal);
          if (ticket && ticket.position > 0 && wordsOf(ticket) !== told) {
            told = wordsOf(ticket);
            yield { event: 'ticket', data: ticket };
          }
        }
        await watch.next(signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      watch.close();
    }
  };
};
export type Follow = ReturnType<typeof createFollow>;
