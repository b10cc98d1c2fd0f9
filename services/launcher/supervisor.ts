import { errorText, type Clock } from '#kit';
import { createHistory, type Restart } from './history.ts';
import type { Part, RunningPart, Vitals } from './part.ts';
import { afterFailure, type Failures } from './restart-policy.ts';
import { StartProblem } from './start-problem.ts';
import { watchSilence } from './watch-silence.ts';

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

/** Who wants something of a part, and why, for its history. */
export interface Wish {
  by: string;
  reason: string;
}

export interface Supervised {
  /** Resolves at the first readiness; rejects when the part is given up before. */
  ready: Promise<void>;
  /** Resolves with the reason when the part is given up the first time; never, while it is worth trying. */
  failed: Promise<Error>;
  state(): PartState;
  vitals(): { vitals: Vitals | null; heardMsAgo: number | null };
  history(): readonly Restart[];
  /** Ends the part and starts it again at once, also one that was given up or is held. */
  restart(wish: Wish): void;
  /** Ends the part and leaves it so, until a restart. */
  hold(wish: Wish): void;
  /** Ends the part and all further tries. Safe to repeat, and while it starts. */
  stop(): Promise<void>;
}

type Order = { kind: 'restart' | 'hold' } & Wish;

/** Starts `part` and keeps it running, with growing pauses, until it is stopped or has failed too often. */
export const supervise = (part: Part, { clock, onChange }: Needs): Supervised => {
  const stopping = new AbortController();
  const history = createHistory(clock);
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

  /** What somebody wants, until the loop has seen to it. `heard` interrupts whatever the loop waits for. */
  let order: Order | null = null;
  let heard = new AbortController();
  const give = (next: Order): void => {
    order = next;
    heard.abort();
    void current?.stop();
  };

  /** One life of the part: resolves with how it ended, or throws why it did not start. */
  const live = async (): Promise<string> => {
    current = await part.start(AbortSignal.any([stopping.signal, heard.signal]));
    if (stopping.signal.aborted || order) await current.stop();
    else {
      change({ state: 'ready', pid: current.pid });
      history.ready();
    }
    becomeReady();
    const { pid, exited } = current;
    let hung: string | undefined;
    const unwatch = watchSilence(current, (reason) => {
      hung = reason;
      kill(pid);
    });
    const how = await exited;
    unwatch();
    return hung ?? how;
  };

  /** Until somebody wants it started again. */
  const rest = async (signal: AbortSignal): Promise<void> => {
    if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
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
      const wanted = takeOrder();
      if (wanted) {
        await follow(wanted);
        failures = { at: [], everReady: failures.everReady };
        continue;
      }
      const next = error instanceof StartProblem ? ({ restart: false, reason: '' } as const) : afterFailure(failures, clock.now());
      const lastError = error.message;
      history.ended({ reason: lastError, by: lastError.includes('has not answered') ? 'launcher' : null });
      if (!next.restart) {
        change({ state: 'failed', pid: null, lastError });
        giveUp(next.reason ? new Error(`${lastError} ${next.reason}`, { cause: error }) : error);
        await rest(AbortSignal.any([stopping.signal, heard.signal]));
        const wish = takeOrder();
        if (wish) await follow(wish);
        failures = { at: [], everReady: failures.everReady };
        continue;
      }
      failures = next.failures;
      change({ state: 'restarting', pid: null, restarts: state.restarts + 1, lastError });
      await clock.sleep(next.delayMs, AbortSignal.any([stopping.signal, heard.signal])).catch(() => undefined);
      const wish = takeOrder();
      if (wish) await follow(wish);
    }
    change({ state: 'stopped', pid: null });
  };

  const takeOrder = (): Order | null => {
    const taken = order;
    order = null;
    heard = new AbortController();
    return taken;
  };

  const follow = async (wanted: Order): Promise<void> => {
    let now: Order | null = wanted;
    while (now?.kind === 'hold' && !stopping.signal.aborted) {
      change({ state: 'stopped', pid: null, lastError: now.reason });
      await rest(AbortSignal.any([stopping.signal, heard.signal]));
      now = takeOrder();
    }
    if (stopping.signal.aborted || !now) return;
    history.ended({ reason: now.reason, by: now.by });
    change({ state: 'restarting', pid: null, restarts: state.restarts + 1, lastError: now.reason });
  };
  const ended = run();

  return {
    ready,
    failed,
    state: () => state,
    vitals() {
      const heardAt = current?.heardAt() ?? null;
      return { vitals: current?.vitals() ?? null, heardMsAgo: heardAt === null ? null : Math.round(performance.now() - heardAt) };
    },
    history: () => history.all(),
    restart: (wish) => give({ kind: 'restart', ...wish }),
    hold: (wish) => give({ kind: 'hold', ...wish }),
    async stop() {
      stopping.abort(new Error('The launcher is stopping.'));
      await current?.stop();
      await ended;
    },
  };
};

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL'); // the one signal that a stopped process obeys
  } catch {
    // It ended at this moment.
  }
};
