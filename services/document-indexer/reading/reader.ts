import { spawn, type ChildProcess } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import type { Logger } from '#kit';
import type { ReadEvent, ReadOrder } from '../parser/protocol.ts';

export interface ReadLimits {
  /** Opening a document, a page, the whole document. */
  readonly openTimeoutMs: number;
  readonly pageTimeoutMs: number;
  readonly totalTimeoutMs: number;
  /** Resident memory of the parser process at which it is ended. */
  readonly maxRssBytes: number;
  readonly threadHeapMb: number;
  readonly threads: number;
}

export interface ReadRequest {
  /** The stored original. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly mimeType: string;
  readonly filename: string;
  readonly fromPage: number;
  readonly signal: AbortSignal;
}

/** Reads documents, each in a process of its own. */
export interface Reader {
  /** The process's story; it is ended when the caller stops listening or the signal is aborted (whose reason is thrown). */
  read(request: ReadRequest): AsyncGenerator<ReadEvent, void>;
}

interface Needs {
  /** The parser's bundle. */
  entry: string;
  limits: ReadLimits;
  log: Logger;
}

const WATCH_MS = 500;
const PAGE_BYTES = 4096;
/** The process watches its threads itself; this much later it is taken for stuck. */
const GRACE_MS = 15_000;
/** Thread heaps are limited one by one; this is the main thread's, which holds one segment. */
const MAIN_HEAP_MB = 512;

/** Resident bytes of a process, or 0 where the system does not tell. */
const rssOf = async (pid: number): Promise<number> => {
  const statm = await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '');
  return Number(statm.split(' ')[1] ?? 0) * PAGE_BYTES;
};

/** A list that is written by callbacks and read by a loop. */
const createMailbox = () => {
  const events: ReadEvent[] = [];
  let wake: (() => void) | undefined;
  return {
    put(event: ReadEvent) {
      events.push(event);
      wake?.();
    },
    async take(): Promise<ReadEvent> {
      while (events.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return events.shift()!;
    },
  };
};

const isLast = (event: ReadEvent): boolean => event.type === 'done' || event.type === 'unreadable' || event.type === 'failed';

export const createReader = ({ entry, limits, log }: Needs): Reader => {
  const start = (fd: number): ChildProcess =>
    spawn(process.execPath, [`--max-old-space-size=${MAIN_HEAP_MB}`, '--no-warnings', entry], {
      stdio: ['ignore', 'ignore', 'pipe', fd, 'ipc'],
      // Nothing of ours: no database, no token.
      env: {},
    });

  return {
    async *read({ path, signal, ...what }) {
      signal.throwIfAborted();
      const file = await open(path, 'r');
      const mailbox = createMailbox();
      const child = start(file.fd);
      await file.close();
      const fail = (message: string): void => mailbox.put({ type: 'failed', message });
      const began = performance.now();
      let heardAt = began;
      let complaint = '';
      child.on('message', (event: ReadEvent) => {
        heardAt = performance.now();
        mailbox.put(event);
      });
      child.stderr!.on('data', (text: Buffer) => (complaint = (complaint + text.toString()).slice(-2_000)));
      child.on('error', (error) => fail(`The parser could not be started (${error.message}).`));
      child.on('exit', (code, killedBy) => {
        if (complaint !== '') log.warn({ complaint, code, killedBy }, 'the parser complained');
        fail(`The parser ended unexpectedly (${killedBy ?? `code ${code}`}). It is started again.`);
      });
      const onAbort = (): void => fail('Reading was stopped.');
      signal.addEventListener('abort', onAbort, { once: true });
      const watch = setInterval(() => {
        const now = performance.now();
        if (now - heardAt > Math.max(limits.openTimeoutMs, limits.pageTimeoutMs) + GRACE_MS) fail('The parser stopped answering.');
        else if (now - began > limits.totalTimeoutMs) fail(`Reading took longer than ${Math.round(limits.totalTimeoutMs / 60_000)} minutes.`);
        void rssOf(child.pid ?? 0).then((rss) => {
          if (rss > limits.maxRssBytes) fail(`Reading needed more than ${Math.round(limits.maxRssBytes / 2 ** 20)} MB of memory.`);
        });
      }, WATCH_MS);
      const order: ReadOrder = { ...what, openTimeoutMs: limits.openTimeoutMs, pageTimeoutMs: limits.pageTimeoutMs, threadHeapMb: limits.threadHeapMb, threads: limits.threads };
      try {
        child.send(order, (error) => {
          if (error !== null) fail(`The parser could not be reached (${error.message}).`);
        });
        for (;;) {
          const event = await mailbox.take();
          signal.throwIfAborted();
          yield event;
          if (isLast(event)) return;
        }
      } finally {
        clearInterval(watch);
        signal.removeEventListener('abort', onAbort);
        child.removeAllListeners();
        child.on('error', () => undefined);
        child.kill('SIGKILL');
      }
    },
  };
};
