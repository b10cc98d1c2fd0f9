import type { Notifier } from '#db';

/** Signals may be lost with a connection, so rows are looked at this often anyway. */
const LOOK_ANYWAY_MS = 5_000;

/** `appended`: there are new events. `moved`: somebody's place in line changed. `time`: look, to be sure. */
export type Stir = 'appended' | 'moved' | 'time';

export interface Watch {
  /** Resolves when something has happened since the last call; at once, when it has already. */
  next(signal: AbortSignal): Promise<Stir>;
  close(): void;
}

/** Tells any number of readers when to look at a job's rows, over one subscription. */
export const createJobFeed = ({ notifier }: { notifier: Pick<Notifier, 'subscribe' | 'onReconnect'> }) => {
  const watches = new Map<string, Set<(stir: Stir) => void>>();
  const tellAll = (stir: Stir) => {
    for (const set of watches.values()) for (const tell of set) tell(stir);
  };
  const ends = [
    notifier.subscribe('job.appended', ({ jobId }) => watches.get(jobId)?.forEach((tell) => tell('appended'))),
    notifier.subscribe('queue.wake', ({ queue }) => {
      if (queue === 'llm' || queue === 'tickets') tellAll('moved');
    }),
    notifier.onReconnect(() => tellAll('appended')),
  ];

  return {
    watch(jobId: string): Watch {
      let pending: Stir | null = null;
      let wake: ((stir: Stir) => void) | null = null;
      const tell = (stir: Stir): void => {
        if (wake) wake(stir);
        else if (pending !== 'appended') pending = stir;
      };
      const set = watches.get(jobId) ?? new Set();
      watches.set(jobId, set.add(tell));
      return {
        next: (signal) =>
          new Promise((resolve) => {
            const done = (stir: Stir): void => {
              clearTimeout(timer);
              signal.removeEventListener('abort', onAbort);
              wake = null;
              pending = null;
              resolve(stir);
            };
            const onAbort = () => done('time');
            const timer = setTimeout(() => done('time'), LOOK_ANYWAY_MS);
            signal.addEventListener('abort', onAbort, { once: true });
            if (signal.aborted) done('time');
            else if (pending) done(pending);
            else wake = done;
          }),
        close() {
          set.delete(tell);
          if (set.size === 0) watches.delete(jobId);
        },
      };
    },
    /** The jobs that somebody follows here now. */
    watched: (): string[] => [...watches.keys()],
    close() {
      for (const end of ends) end();
    },
  };
};

export type JobFeed = ReturnType<typeof createJobFeed>;
