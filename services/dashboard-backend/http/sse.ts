import { once } from 'node:events';
import type { Request, Response } from 'express';

const HEARTBEAT_MS = 15_000;

export interface EventStream {
  /** Aborted when the reader is gone. */
  readonly signal: AbortSignal;
  /** Number of the last event that the reader has, from `Last-Event-ID` (or `?lastEventId=`); 0 for a new reader. */
  readonly lastEventId: number;
  /** Resolves when the socket took it: a slow reader slows only its own loop. */
  send(event: { id?: number; event: string; data: unknown }): Promise<void>;
  comment(text: string): void;
  end(): void;
}

/** Turns a response into a stream of Server-Sent Events with a heartbeat comment every 15 s. */
export const openEventStream = (request: Request, response: Response): EventStream => {
  const gone = new AbortController();
  const given = request.headers['last-event-id'] ?? request.query.lastEventId;
  const lastEventId = Number.parseInt(typeof given === 'string' ? given : '', 10);
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store, no-transform',
    Connection: 'keep-alive',
    'X-Accel-Buffering': 'no',
  });
  response.flushHeaders();
  const heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MS);
  response.on('close', () => {
    clearInterval(heartbeat);
    gone.abort();
  });
  return {
    signal: gone.signal,
    lastEventId: Number.isFinite(lastEventId) && lastEventId > 0 ? lastEventId : 0,
    async send({ id, event, data }) {
      if (gone.signal.aborted) return;
      const text = `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
      if (!response.write(text)) await once(response, 'drain', { signal: gone.signal }).catch(() => undefined);
    },
    comment: (text) => void response.write(`: ${text}\n\n`),
    end: () => void response.end(),
  };
};
