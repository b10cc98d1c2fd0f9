import { DeliveryFailed, type Send } from '#clients';
import type { ChannelKind } from '#contracts';
import type { Database, Notifier } from '#db';
import { errorText, exponentialBackoffMs, type Clock, type Logger } from '#kit';
import { outboxRepository, type DueChannel, type DueDelivery } from './outbox.repository.ts';
import { planDeliveries } from './plan.ts';
import { spread } from './spread.ts';
import { toDigest, toMessage } from './words.ts';

/** A channel that fails is tried again after 5 s, 10 s, 20 s, ... and in the end each hour. */
const BACKOFF = { firstMs: 5_000, maxMs: 3_600_000 };
/** What could not be told in a week is news no more. */
const GIVE_UP_MS = 7 * 86_400_000;
/** Should a signal be missed, the outbox is looked at this often. */
const LOOK_EVERY_MS = 3_000;
const KEEP_MS = 90 * 86_400_000;
const PURGE_EVERY_MS = 3_600_000;

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  notifier: Pick<Notifier, 'subscribe' | 'onReconnect'>;
  kinds: readonly ChannelKind[];
  /** How a channel is told; may read what it needs. Errors: `DeliveryFailed`. */
  senderFor: (channel: DueChannel) => Promise<Send>;
  /** The dashboard's address for people, where it is known. */
  origin: () => string | null;
  /** Shortens the pauses between tries; only tests do. */
  backoff?: { firstMs: number; maxMs: number };
  clock: Clock;
  log: Logger;
}

/** Delivers what lies in the outbox for some kinds of channels: each channel in its own order, all channels at once. */
export const startDeliveryWorker = ({ database, notifier, kinds, senderFor, origin, backoff = BACKOFF, clock, log }: Needs) => {
  const { db } = database;
  const stopping = new AbortController();
  let wake: () => void = () => undefined;
  let complaint: string | null = null;
  let purgedAt = clock.now();

  /** False: the rest of the batch waits. */
  const sendOne = async (channel: DueChannel, send: Send, batch: readonly DueDelivery[]): Promise<boolean> => {
    const ids = batch.map(({ id }) => id);
    const { language, time_zone: timeZone } = channel;
    const [first] = batch;
    const message = batch.length === 1 ? toMessage(first!, language, origin()) : toDigest(batch, { language, timeZone, origin: origin() });
    try {
      const ref = await send(message, stopping.signal);
      await outboxRepository.delivered(db, channel.id, ids, ref);
      return true;
    } catch (error) {
      if (!(error instanceof DeliveryFailed)) throw error;
      const text = error.message.slice(0, 500);
      if (stopping.signal.aborted) {
        await outboxRepository.release(db, ids);
        return false;
      }
      const now = clock.now();
      if (error.permanent || now - first!.createdAt > GIVE_UP_MS) {
        log.warn({ channel: channel.id, kind: channel.kind, reason: text }, 'a message was given up');
        await outboxRepository.dropped(db, channel.id, ids, text);
        return true;
      }
      const pause = error.retryAfterMs ?? exponentialBackoffMs(first!.attempts + 1, backoff);
      await outboxRepository.postponed(db, channel.id, ids, { error: text, due: new Date(now + pause), counts: error.retryAfterMs === null });
      return false;
    }
  };

  const serve = async (channel: DueChannel): Promise<void> => {
    const due = await outboxRepository.claim(db, channel.id);
    const open = new Set(due.map(({ id }) => id));
    const settle = (all: readonly DueDelivery[]): void => all.forEach(({ id }) => open.delete(id));
    try {
      const { quiet_from: from, quiet_until: until, quiet_lets_critical: letsCritical, time_zone: timeZone } = channel;
      const quiet = from === null || until === null ? null : { from, until, timeZone, letsCritical };
      const { held, heldUntil, single, digest } = planDeliveries(due, quiet, clock.now());
      if (heldUntil !== null) {
        await outboxRepository.hold(
          db,
          held.map(({ id }) => id),
          new Date(heldUntil),
        );
      }
      settle(held);
      const batches = [...(digest.length > 0 ? [digest] : []), ...single.map((each) => [each])];
      if (batches.length === 0) return;
      const send = await senderFor(channel);
      for (const batch of batches) {
        settle(batch);
        if (!(await sendOne(channel, send, batch))) return;
      }
    } finally {
      await outboxRepository.release(db, [...open]);
    }
  };

  const round = async (): Promise<void> => {
    await spread(database);
    const channels = await outboxRepository.dueChannels(db, kinds);
    const results = await Promise.allSettled(channels.map(serve));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
    if (clock.now() - purgedAt > PURGE_EVERY_MS) {
      purgedAt = clock.now();
      await outboxRepository.purge(db, new Date(purgedAt - KEEP_MS));
    }
  };

  const untilNext = async (): Promise<number> => {
    const next = await outboxRepository.nextDue(db, kinds).catch(() => null);
    return next === null ? LOOK_EVERY_MS : Math.min(LOOK_EVERY_MS, Math.max(20, next.getTime() - clock.now()));
  };

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const pause = new AbortController();
      wake = () => pause.abort();
      try {
        await round();
        complaint = null;
      } catch (error) {
        if (complaint === null) log.warn({ error }, 'messages could not be delivered; the next look tries again');
        complaint = `Messages are not delivered: ${errorText(error)}`;
      }
      if (stopping.signal.aborted) return;
      await clock.sleep(await untilNext(), pause.signal).catch(() => undefined);
    }
  };
  const unsubscribe = [
    notifier.subscribe('notifications.added', () => wake()),
    notifier.subscribe('alerts.changed', () => wake()),
    notifier.onReconnect(() => wake()),
  ];
  const running = run();
  return {
    async stop(): Promise<void> {
      stopping.abort();
      wake();
      for (const off of unsubscribe) off();
      await running;
    },
    complaint: () => complaint,
  };
};
