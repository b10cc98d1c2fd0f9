import type { JobEvent, NumberedEvent } from '#answers';
import { whileAway } from './patience.ts';

/** Twenty commits a second at most: text that comes every 50 ms reads as steadily as single tokens, and spares small disks. */
const FLUSH_EVERY_MS = 50;

interface Needs {
  /** Stores events under their numbers; may be called again with the same. */
  append: (events: readonly NumberedEvent[]) => Promise<void>;
  /** The number before the first. */
  lastSeq: number;
  /** The events cannot be stored: the work that makes them is in vain. */
  onLost: (error: unknown) => void;
  signal: AbortSignal;
}

export interface EventWriter {
  /** Numbers an event and stores it soon, at once when no text was stored lately. Never waits. */
  push(event: JobEvent): void;
  /** Resolves when all is stored; rejects when it cannot be. */
  drain(): Promise<void>;
}

/**
 * Stores a job's events in small batches, in order. Tokens of one batch become one event. While Postgres is away they
 * wait in memory, which an answer's length bounds.
 */
export const createEventWriter = ({ append, lastSeq, onLost, signal }: Needs): EventWriter => {
  let seq = lastSeq;
  let pending: JobEvent[] = [];
  let flushing: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;
  let flushedAt = -FLUSH_EVERY_MS;
  const failure: { error?: unknown; happened: boolean } = { happened: false };

  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const batch = pending.map((event): NumberedEvent => ({ ...event, seq: (seq += 1) }));
    pending = [];
    // Only text comes in floods. The first token must not wait because the attempt was announced just before.
    if (batch.some(({ event }) => event === 'token')) flushedAt = performance.now();
    flushing = whileAway(() => append(batch), signal)
      .catch((error: unknown) => {
        Object.assign(failure, { error, happened: true });
        onLost(error);
      })
      .then(() => {
        flushing = null;
        schedule();
      });
    return flushing;
  };

  const schedule = (): void => {
    if (flushing || timer || failure.happened || pending.length === 0) return;
    const waitMs = flushedAt + FLUSH_EVERY_MS - performance.now();
    if (waitMs <= 0) void flush();
    else timer = setTimeout(() => void flush(), waitMs);
  };

  return {
    push(event) {
      const last = pending.at(-1);
      if (event.event === 'token' && last?.event === 'token') last.data = { text: last.data.text + event.data.text };
      else pending.push(event.event === 'token' ? { event: 'token', data: { ...event.data } } : event);
      schedule();
    },
    async drain() {
      while (!failure.happened && (flushing !== null || pending.length > 0)) await (flushing ?? flush());
      if (failure.happened) throw failure.error;
    },
  };
};
