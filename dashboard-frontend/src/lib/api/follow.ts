import { connection } from './connection.ts';
import { ApiError, errorFrom } from './errors.ts';
import { apiPath } from './client.ts';
import { createSseParser, type SseEvent } from './sse-parser.ts';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });

interface Follow {
  signal: AbortSignal;
  onEvent(event: SseEvent): void;
  /** True when the event ends the stream; nothing is asked for after it. */
  isLast(event: SseEvent): boolean;
}

const readOnce = async (
  path: string,
  lastId: string | undefined,
  { signal, onEvent, isLast }: Follow,
): Promise<{ ended: boolean; lastId: string | undefined }> => {
  const headers: Record<string, string> = { accept: 'text/event-stream' };
  if (lastId !== undefined) headers['last-event-id'] = lastId;
  const response = await fetch(apiPath(path), { headers, signal, credentials: 'same-origin', cache: 'no-store' });
  if (!response.ok) throw errorFrom(response.status, await response.text(), response.headers);
  connection.answered();
  const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  const parse = createSseParser();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { ended: false, lastId };
      for (const event of parse(value)) {
        lastId = event.id ?? lastId;
        onEvent(event);
        if (isLast(event)) return { ended: true, lastId };
      }
    }
  } catch (error) {
    if (signal.aborted) throw error;
    return { ended: false, lastId };
  } finally {
    void reader.cancel().catch(() => undefined);
  }
};

/**
 * Follows a stream to its last event, across cut connections and restarts of the box: each new request goes on after the
 * last event seen. Resolves at the end or when aborted. Errors: an ApiError that waiting would not cure (404, 401 ...).
 */
export const followEvents = async (path: string, follow: Follow): Promise<void> => {
  let lastId: string | undefined;
  let waitMs = FIRST_WAIT_MS;
  while (!follow.signal.aborted) {
    try {
      const before = lastId;
      const outcome = await readOnce(path, lastId, follow);
      if (outcome.ended) return;
      lastId = outcome.lastId;
      if (lastId !== before) waitMs = FIRST_WAIT_MS;
    } catch (error) {
      if (follow.signal.aborted) return;
      if (error instanceof ApiError && !error.away && error.status !== 429) throw error;
      connection.away();
    }
    await pause(waitMs, follow.signal);
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
  }
};
