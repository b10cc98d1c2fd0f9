import { Worker } from 'node:worker_threads';
import type { TextPage } from '#retrieval';
import { formatOf } from '../formats/index.ts';
import type { ReadEvent, ReadOrder, TakenOut, ThreadEvent, ThreadOrder } from './protocol.ts';

/** Below this many pages a second thread costs more to start than it saves. */
const MIN_PAGES_PER_THREAD = 24;
/** A document that hangs or crashes this many times is given up. */
const MAX_RESTARTS = 8;
const WATCH_MS = 250;

interface Sink {
  opened(pageCount: number, title: string | undefined, attachments: number): void;
  page(page: TextPage): void;
  problem(page: number, message: string): void;
  /** No other one comes until `taken` was called. */
  attachment(taken: TakenOut): void;
  /** The end, for a reason that concerns the whole document. */
  stop(event: Extract<ReadEvent, { type: 'unreadable' | 'failed' }>): void;
}

interface Thread {
  readonly worker: Worker;
  opened: boolean;
  /** The page in hand. */
  page: number | undefined;
  /** The file of the document that is being taken out; `told` while it waits to be taken. */
  taking: { index: number; path: string; told: boolean } | undefined;
  since: number;
  ended: boolean;
}

interface PagePool {
  /** The file told last is taken. */
  taken(): void;
  stop(): Promise<void>;
}

/**
 * Reads a document's pages with a few threads. A page on which a thread hangs, crashes or runs out of memory is told as a
 * problem, and a new thread goes on after it. `entry` is the module that runs a thread, `fd` the file.
 */
export const startPagePool = (entry: URL, fd: number, order: ReadOrder, sink: Sink): PagePool => {
  const next = new SharedArrayBuffer(8);
  new Int32Array(next).set([order.fromPage, order.fromAttachment]);
  const threads = new Set<Thread>();
  let pageCount: number | undefined;
  let restarts = 0;
  let stopped = false;

  const stop = async (): Promise<void> => {
    stopped = true;
    clearInterval(watch);
    await Promise.all([...threads].map(({ worker }) => worker.terminate()));
  };
  const giveUp = (event: Parameters<Sink['stop']>[0]): void => {
    if (!stopped) void stop().then(() => sink.stop(event));
  };

  const lose = (thread: Thread, reason: string): void => {
    if (thread.ended || stopped) return;
    thread.ended = true;
    threads.delete(thread);
    void thread.worker.terminate();
    restarts++;
    if (!thread.opened) {
      giveUp({ type: 'failed', message: `The document could not be opened: reading it ${reason}.` });
    } else if (restarts > MAX_RESTARTS) {
      giveUp({
        type: 'failed',
        page: thread.page,
        message: `Page ${thread.page ?? '?'} could not be read: reading it ${reason}, as on ${MAX_RESTARTS} pages before it. The document was given up.`,
      });
    } else {
      start();
      if (thread.page !== undefined) sink.problem(thread.page, `reading it ${reason}`);
      else if (thread.taking?.told === false) sink.attachment({ ...thread.taking, problem: `taking it out ${reason}` });
    }
  };

  const onEvent = (thread: Thread, event: ThreadEvent): void => {
    if (thread.ended || stopped) return;
    thread.since = performance.now();
    if (event.type === 'opened') {
      thread.opened = true;
      if (pageCount !== undefined) return;
      pageCount = event.pageCount;
      const hasPages = formatOf(order.mimeType)?.hasPages === true;
      const wanted = hasPages ? Math.min(order.threads, Math.ceil((pageCount - order.fromPage + 1) / MIN_PAGES_PER_THREAD)) : 1;
      for (let count = 1; count < wanted; count++) start();
      sink.opened(event.pageCount, event.title, event.attachments);
    } else if (event.type === 'began') {
      thread.page = event.page;
    } else if (event.type === 'taking') {
      thread.taking = { index: event.index, path: event.path, told: false };
    } else if (event.type === 'attachment') {
      thread.taking!.told = true;
      sink.attachment(event);
    } else if (event.type === 'page') {
      thread.page = undefined;
      sink.page(event.page);
    } else if (event.type === 'problem') {
      thread.page = undefined;
      sink.problem(event.page, event.message);
    } else {
      giveUp(event);
    }
  };

  const start = (): void => {
    const workerData: ThreadOrder = { fd, next, mimeType: order.mimeType, sizeBytes: order.sizeBytes, scratchDir: order.scratchDir, password: order.password };
    const worker = new Worker(entry, { workerData, resourceLimits: { maxOldGenerationSizeMb: order.threadHeapMb } });
    const thread: Thread = { worker, opened: false, page: undefined, taking: undefined, since: performance.now(), ended: false };
    threads.add(thread);
    worker.on('message', (event: ThreadEvent) => onEvent(thread, event));
    worker.on('error', (error: NodeJS.ErrnoException) =>
      lose(thread, error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'needed more memory than a page may have' : `failed (${error.message})`),
    );
    worker.on('exit', () => threads.delete(thread));
  };

  const watch = setInterval(() => {
    for (const thread of threads) {
      if (thread.taking?.told === true) continue;
      const limitMs = !thread.opened ? order.openTimeoutMs : order.pageTimeoutMs;
      if (performance.now() - thread.since > limitMs) lose(thread, `took longer than ${Math.round(limitMs / 1000)} s`);
    }
  }, WATCH_MS);
  start();
  return {
    taken() {
      for (const thread of threads) {
        if (thread.taking?.told !== true) continue;
        thread.taking = undefined;
        thread.since = performance.now();
        thread.worker.postMessage('taken');
      }
    },
    stop,
  };
};
