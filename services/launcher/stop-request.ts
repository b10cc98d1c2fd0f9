import { restartSignal } from '#contracts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
// npm passes Ctrl-C on, and the terminal sends it to all of the group: one press arrives twice.
const SAME_PRESS_MS = 1_000;

export interface StopRequest {
  /** Aborted by the first Ctrl-C, SIGTERM or closed terminal. */
  signal: AbortSignal;
  /** Rejects with `Stopped` when the stop is asked for. */
  whenAsked: Promise<never>;
  dispose(): void;
}

/** Somebody asked to stop while something else was awaited. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
  /** Whether it is to be started again at once, as another release. */
  readonly again: boolean;
  constructor({ again = false } = {}) {
    super();
    this.again = again;
  }
}

/** Listens for requests to stop; `force` is called when a second one comes. */
export const listenForStop = (force: () => void): StopRequest => {
  const controller = new AbortController();
  let askedAt = 0;
  const onSignal = (): void => {
    if (!controller.signal.aborted) {
      askedAt = Date.now();
      controller.abort(new Stopped());
    } else if (Date.now() - askedAt > SAME_PRESS_MS) {
      force();
    }
  };
  const onRestart = (): void => controller.abort(new Stopped({ again: true })); // of two, the first counts
  for (const name of SIGNALS) process.on(name, onSignal);
  process.on(restartSignal, onRestart);
  const whenAsked = new Promise<never>((_resolve, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Stopped), { once: true });
  });
  whenAsked.catch(() => undefined);
  return {
    signal: controller.signal,
    whenAsked,
    dispose() {
      for (const name of SIGNALS) process.off(name, onSignal);
      process.off(restartSignal, onRestart);
    },
  };
};
