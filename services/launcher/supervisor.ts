import { errorText, type Clock } from '#kit';
import type { Part, RunningPart } from './part.ts';
import { afterFailure, type Failures } from './restart-policy.ts';
import { StartProblem } from './start-problem.ts';

export interface PartState {
  state: 'starting' | 'ready' | 'restarting' | 'failed' | 'stopped';
  pid: number | null;
  restarts: number;
  lastError: string | null;
}

interface Needs {
  clock: Clock;
  onChange: (part: Part, state: PartState) => void;
}

export interface Supervised {
  /** Resolves at the first readiness; rejects when the part is given up before. */
  ready: Promise<void>;
  /** Resolves with the reason when the part is given up; never, while it is worth trying. */
  failed: Promise<Error>;
  /** Ends the part and all further tries. Safe to repeat, and while it starts. */
  stop(): Promise<void>;
}

/** Starts `part` and keeps it running, with growing pauses, until it is stopped or has failed too often. */
export const supervise = (part: Part, { clock, onChange }: Needs): Supervised => {
  const stopping = new AbortController();
  let current: RunningPart | undefined;
  let state: PartState = { state: 'starting', pid: null, restarts: 0, lastError: null };
  const change = (changes: Partial<PartState>): void => onChange(part, (state = { ...state, ...changes }));

  let becomeReady: () => void = () => undefined;
  let giveUp: (reason: Error) => void = () => undefined;
  const failed = new Promise<Error>((resolve) => (giveUp = resolve));
  const ready = new Promise<void>((resolve, reject) => {
    becomeReady = resolve;
    void failed.then(reject);
  });
  ready.catch(() => undefined); // who waits for it sees it; nobody must

  /** One life of the part: resolves with how it ended, or throws why it did not start. */
  const live = async (): Promise<string> => {
    current = await part.start(stopping.signal);
    if (stopping.signal.aborted) await current.stop();
    else change({ state: 'ready', pid: current.pid });
    becomeReady();
    return current.exited;
  };

  const run = async (): Promise<void> => {
    let failures: Failures = { at: [], everReady: false };
    change({});
    while (!stopping.signal.aborted) {
      const error = await live().then(
        (how) => new Error(`${part.name} ${how}.`),
        (cause: unknown) => (cause instanceof Error ? cause : new Error(errorText(cause))),
      );
      failures = { ...failures, everReady: failures.everReady || current !== undefined };
      current = undefined;
      if (stopping.signal.aborted) break;
      const next = error instanceof StartProblem ? ({ restart: false, reason: '' } as const) : afterFailure(failures, clock.now());
      const lastError = error.message;
      if (!next.restart) {
        change({ state: 'failed', pid: null, lastError });
        giveUp(next.reason ? new Error(`${lastError} ${next.reason}`, { cause: error }) : error);
        return;
      }
      failures = next.failures;
      change({ state: 'restarting', pid: null, restarts: state.restarts + 1, lastError });
      await clock.sleep(next.delayMs, stopping.signal).catch(() => undefined);
    }
    change({ state: 'stopped', pid: null });
  };
  const ended = run();

  return {
    ready,
    failed,
    async stop() {
      stopping.abort(new Error('The launcher is stopping.'));
      await current?.stop();
      await ended;
    },
  };
};
