import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '#kit';
import type { ParserOrder, ReadEvent } from '../parser/protocol.ts';
import { startParserProcess, type ParserProcess } from './parser-process.ts';

type Process = ParserProcess<ParserOrder, ReadEvent>;

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
  /** 1-based. */
  readonly fromPage: number;
  /** 0-based. */
  readonly fromAttachment: number;
  readonly password?: string;
  readonly signal: AbortSignal;
}

/** Reads documents, one at a time, in a process apart. */
export interface Reader {
  /** What the parser tells (a file of the document lies in the scratch folder until the next event is asked for), up to `done`, `unreadable` or `failed`. It is ended when the caller stops listening or the signal is aborted (whose reason is thrown). */
  read(request: ReadRequest): AsyncGenerator<ReadEvent, void>;
  close(): void;
}

interface Needs {
  /** The parser's bundle. */
  entry: string;
  limits: ReadLimits;
  log: Logger;
}

const WATCH_MS = 500;
/** The process watches its threads itself; this much later it is taken for stuck. */
const GRACE_MS = 15_000;
/** A process takes half a second to start, which a folder of small files would pay for each; idle it holds 150 MB. */
const IDLE_MS = 5_000;

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

export const createReader = ({ entry, limits, log }: Needs): Reader => {
  let idle: { process: Process; timer: NodeJS.Timeout } | undefined;

  const close = (): void => {
    clearTimeout(idle?.timer);
    idle?.process.kill();
    idle = undefined;
  };

  const acquire = (): Process => {
    const kept = idle;
    clearTimeout(kept?.timer);
    idle = undefined;
    return kept === undefined || kept.process.hasEnded ? startParserProcess<ParserOrder, ReadEvent>(entry, log) : kept.process;
  };

  const keep = (process: Process): void => {
    close();
    process.listen(undefined);
    idle = { process, timer: setTimeout(close, IDLE_MS) };
  };

  /** Tells `fail` when the process takes too long, too much memory, or is not wanted any more. */
  const watch = (process: Process, heardAt: () => number, fail: (message: string) => void): NodeJS.Timeout => {
    const began = performance.now();
    return setInterval(() => {
      const now = performance.now();
      if (now - heardAt() > Math.max(limits.openTimeoutMs, limits.pageTimeoutMs) + GRACE_MS) fail('The parser stopped answering.');
      else if (now - began > limits.totalTimeoutMs) fail(`Reading took longer than ${Math.round(limits.totalTimeoutMs / 60_000)} minutes.`);
      void process.rssBytes().then((rss) => {
        if (rss > limits.maxRssBytes) fail(`Reading needed more than ${Math.round(limits.maxRssBytes / 2 ** 20)} MB of memory.`);
      });
    }, WATCH_MS);
  };

  return {
    async *read({ signal, ...what }) {
      signal.throwIfAborted();
      const mailbox = createMailbox();
      const process = acquire();
      const fail = (message: string): void => mailbox.put({ type: 'failed', message });
      let heardAt = performance.now();
      process.listen((event) => {
        heardAt = performance.now();
        mailbox.put(event);
      });
      const onAbort = (): void => fail('Reading was stopped.');
      signal.addEventListener('abort', onAbort, { once: true });
      const watching = watch(process, () => heardAt, fail);
      let isClean = false;
      const scratchDir = await mkdtemp(join(tmpdir(), 'arasul-parser-'));
      try {
        const { openTimeoutMs, pageTimeoutMs, threadHeapMb, threads } = limits;
        process.send({ type: 'read', ...what, scratchDir, openTimeoutMs, pageTimeoutMs, threadHeapMb, threads });
        for (;;) {
          const event = await mailbox.take();
          signal.throwIfAborted();
          isClean = event.type === 'done' || event.type === 'unreadable';
          yield event;
          if (isClean || event.type === 'failed') return;
          if (event.type !== 'attachment') continue;
          if (event.file !== undefined) await rm(event.file, { force: true });
          heardAt = performance.now();
          process.send({ type: 'taken' });
        }
      } finally {
        clearInterval(watching);
        signal.removeEventListener('abort', onAbort);
        if (isClean) keep(process);
        else process.kill();
        await rm(scratchDir, { recursive: true, force: true });
      }
    },
    close,
  };
};
