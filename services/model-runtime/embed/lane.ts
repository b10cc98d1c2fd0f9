import type { WorkClass } from '../work-class.ts';

interface Piece {
  run: () => Promise<void>;
  drop: (reason: unknown) => void;
  signal?: AbortSignal;
}

interface Needs {
  /** Whether somebody reads an answer that is being written now. */
  isChatting: () => boolean;
  /** Resolves when `isChatting` may have become false. */
  chatEnded: () => Promise<void>;
  sleep: (ms: number) => Promise<void>;
  now?: () => number;
}

/**
 * The share of the time that background batches get while an answer is being written: enough that an upload goes on under a busy chat,
 * little enough that nobody sees it in the answer's speed.
 */
const BACKGROUND_SHARE = 0.1;

export interface Lane {
  /** Runs one batch when its turn comes. Rejects with the signal's reason when aborted before that. */
  add<T>(workClass: WorkClass, work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/** Batches one at a time: people's before the background's, and the background's rarely while an answer is being written. */
export const createLane = ({ isChatting, chatEnded, sleep, now = () => performance.now() }: Needs): Lane => {
  const queues: Record<WorkClass, Piece[]> = { interactive: [], background: [] };
  let isRunning = false;
  let wake = () => {};
  let backgroundFrom = 0;

  const next = (): Piece | undefined => {
    const urgent = queues.interactive.shift();
    if (urgent) return urgent;
    if (isChatting() && now() < backgroundFrom) return undefined;
    return queues.background.shift();
  };

  const untilBackgroundMayRun = () => Promise.race([chatEnded(), sleep(Math.max(1, backgroundFrom - now())), new Promise<void>((resolve) => (wake = resolve))]);

  const runAll = async (): Promise<void> => {
    isRunning = true;
    while (queues.interactive.length + queues.background.length > 0) {
      const isUrgent = queues.interactive.length > 0;
      const piece = next();
      if (!piece) {
        await untilBackgroundMayRun();
        continue;
      }
      if (piece.signal?.aborted) {
        piece.drop(piece.signal.reason);
        continue;
      }
      const began = now();
      await piece.run();
      if (!isUrgent) backgroundFrom = now() + (now() - began) * (1 / BACKGROUND_SHARE - 1);
    }
    isRunning = false;
  };

  return {
    add: (workClass, work, signal) =>
      new Promise((resolve, reject) => {
        queues[workClass].push({ run: () => work().then(resolve, reject), drop: reject, signal });
        wake();
        if (!isRunning) void runAll();
      }),
  };
};
