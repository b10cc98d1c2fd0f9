import { join } from 'node:path';
import { AppError, errorText, exponentialBackoffMs, toAppError, type Clock, type Env, type Logger } from '#kit';
import type { CatalogueEntry } from '../catalogue/catalogue.ts';
import { fetchModel } from './fetch-model.ts';
import { createProgress, type Progress } from './progress.ts';

/** Two at a time: a small model need not wait for a large one, and more would only share the same line. */
const MOST_AT_ONCE = 2;
/** How often progress is written down: a person sees no more. */
const TELL_MS = 1_000;
/** With delays from 2 s to 5 minutes: about three quarters of an hour of trying. */
const MOST_ATTEMPTS = 14;
const MOST_MISMATCHES = 3;

/** What becomes of a download; each is written to the model's row. */
export interface DownloadEvents {
  begun(id: string): Promise<void>;
  pinned(id: string, revision: string): Promise<void>;
  /** False when it is not wanted any more. */
  progressed(id: string, progress: Progress): Promise<boolean>;
  finished(id: string, source: string): Promise<void>;
  willRetry(id: string, problem: AppError, attempts: number, atMs: number): Promise<void>;
  failed(id: string, problem: AppError): Promise<void>;
}

interface Needs {
  modelsDir: string;
  hubEndpoint: string;
  env: Env;
  events: DownloadEvents;
  clock: Clock;
  log: Logger;
}

export interface WantedDownload {
  entry: CatalogueEntry;
  revision: string | null;
  attempts: number;
  retryAtMs: number | null;
}

/** Runs the downloads that are wanted, a few at a time; each goes on from whatever is on disk. */
export const createDownloads = ({ modelsDir, hubEndpoint, env, events, clock, log }: Needs) => {
  const running = new Map<string, { abort: AbortController; done: Promise<void> }>();

  const fetchOne = async ({ entry, revision }: WantedDownload, abort: AbortController): Promise<void> => {
    const { id } = entry;
    const progress = createProgress(() => clock.now());
    const tell = async (): Promise<void> => {
      if (!(await events.progressed(id, progress.read()))) abort.abort(new AppError('conflict', { message: 'The download was cancelled.' }));
    };
    const telling = setInterval(() => {
      tell().catch((error: unknown) => log.debug({ error, model: id }, 'progress could not be written; the download goes on'));
    }, TELL_MS);
    try {
      await events.begun(id);
      const source = await fetchModel({
        hubEndpoint,
        env,
        entry,
        fetching: {
          folder: join(modelsDir, id),
          signal: abort.signal,
          revision,
          onPlan: (totalBytes) => progress.plan(totalBytes),
          onPinned: (commit) => events.pinned(id, commit),
          onBytes: (file, bytes) => progress.onBytes(file, bytes),
          doneBytes: () => progress.read().doneBytes,
        },
      });
      clearInterval(telling);
      await events.finished(id, source);
      log.info({ model: id, source }, 'downloaded');
    } finally {
      clearInterval(telling);
    }
  };

  const settle = async ({ entry: { id }, attempts: before }: WantedDownload, error: unknown): Promise<void> => {
    const problem = toAppError(error);
    const attempts = before + 1;
    const most = problem.code === 'digest_mismatch' ? MOST_MISMATCHES : problem.kind.retryable && problem.code !== 'disk_full' ? MOST_ATTEMPTS : 1;
    log.warn({ error, model: id, attempts }, 'a download did not succeed');
    if (attempts >= most) await events.failed(id, problem);
    else await events.willRetry(id, problem, attempts, clock.now() + exponentialBackoffMs(attempts, { firstMs: 2_000, maxMs: 300_000 }));
  };

  const run = async (wanted: WantedDownload, abort: AbortController): Promise<void> => {
    try {
      await fetchOne(wanted, abort);
    } catch (error) {
      if (abort.signal.aborted) return;
      await settle(wanted, error);
    }
  };

  return {
    isRunning: (id: string) => running.has(id),
    /** Makes what runs be what is wanted: ends the others, begins as many as may run. `onEnd` is told after each. */
    async keepTo(wanted: readonly WantedDownload[], onEnd: (id: string) => void): Promise<void> {
      const ids = new Set(wanted.map(({ entry }) => entry.id));
      await Promise.all([...running].filter(([id]) => !ids.has(id)).map(([id]) => this.stop(id)));
      for (const one of wanted) {
        const { id } = one.entry;
        if (running.size >= MOST_AT_ONCE) break;
        if (running.has(id) || (one.retryAtMs !== null && one.retryAtMs > clock.now())) continue;
        const abort = new AbortController();
        const done = run(one, abort)
          .catch((error: unknown) =>
            log.error({ error, model: id, reason: errorText(error) }, 'the end of a download could not be written down; it is looked at again'),
          )
          .finally(() => {
            running.delete(id);
            if (!abort.signal.aborted) onEnd(id);
          });
        running.set(id, { abort, done });
      }
    },
    /** Ends one and waits until it touches no file any more. */
    async stop(id: string): Promise<void> {
      const one = running.get(id);
      one?.abort.abort(new AppError('conflict', { message: 'The download was stopped.' }));
      await one?.done;
    },
    async stopAll(): Promise<void> {
      await Promise.all([...running.keys()].map((id) => this.stop(id)));
    },
  };
};

export type Downloads = ReturnType<typeof createDownloads>;
