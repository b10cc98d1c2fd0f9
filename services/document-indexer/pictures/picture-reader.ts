import type { Logger } from '#kit';
import { AppError } from '#kit';
import { startParserProcess, type ParserProcess } from '../reading/parser-process.ts';
import type { PictureEvent, PictureOrder, ReadPicture } from './protocol.ts';

export interface PictureLimits {
  readonly pageTimeoutMs: number;
  /** Resident memory of the process at which it is ended. */
  readonly maxRssBytes: number;
}

/** Reads the pictures of pages, one at a time, in a process apart. */
export interface PictureReader {
  /** Throws `document_timeout` when the page was given up (too slow, too large, broken), or the signal's reason. */
  read(order: PictureOrder, signal: AbortSignal): Promise<ReadPicture>;
  close(): void;
}

interface Needs {
  /** The process's bundle. */
  entry: string;
  limits: PictureLimits;
  log: Logger;
}

const WATCH_MS = 500;
/** The engine takes a second to start and holds 250 MB: kept from page to page, not for long. */
const IDLE_MS = 10_000;

type Process = ParserProcess<PictureOrder, PictureEvent>;

export const createPictureReader = ({ entry, limits, log }: Needs): PictureReader => {
  let kept: Process | undefined;
  let timer: NodeJS.Timeout | undefined;

  const close = (): void => {
    clearTimeout(timer);
    kept?.kill();
    kept = undefined;
  };

  const answerOf = (process: Process, order: PictureOrder, signal: AbortSignal): Promise<PictureEvent> =>
    new Promise((resolve) => {
      const began = performance.now();
      const end = (event: PictureEvent): void => {
        clearInterval(watching);
        signal.removeEventListener('abort', onAbort);
        process.listen(undefined);
        resolve(event);
      };
      const fail = (message: string): void => {
        close();
        end({ type: 'failed', message });
      };
      const onAbort = (): void => fail('it was stopped');
      const watching = setInterval(() => {
        if (performance.now() - began > limits.pageTimeoutMs) fail(`it took longer than ${Math.round(limits.pageTimeoutMs / 1000)} s`);
        void process.rssBytes().then((rss) => {
          if (rss > limits.maxRssBytes) fail(`it needed more than ${Math.round(limits.maxRssBytes / 2 ** 20)} MB of memory`);
        });
      }, WATCH_MS);
      process.listen(end);
      signal.addEventListener('abort', onAbort, { once: true });
      process.send(order);
    });

  return {
    async read(order, signal) {
      signal.throwIfAborted();
      clearTimeout(timer);
      if (kept === undefined || kept.hasEnded) kept = startParserProcess<PictureOrder, PictureEvent>(entry, log, { polite: true });
      const event = await answerOf(kept, order, signal);
      signal.throwIfAborted();
      if (event.type === 'read') {
        clearTimeout(timer);
        timer = setTimeout(close, IDLE_MS);
        return { passages: event.passages, words: event.words, confidence: event.confidence };
      }
      close();
      throw new AppError('document_timeout', { message: event.message, details: { page: order.page } });
    },
    close,
  };
};
