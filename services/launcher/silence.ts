/** What the kernel says of a process that has fallen silent. */
export interface ProcessLook {
  /** One letter of /proc/<pid>/stat: R running, S sleeping, D waiting for a disk, T stopped; null where there is no /proc. */
  state: string | null;
  /** Whether it used the processor since the look before. */
  isWorking: boolean;
}

/** A stopped process does not come back by itself. Ten seconds let a debugger or a snapshot of the machine pass. */
const STOPPED_MS = 10_000;
/** It neither works nor waits for a disk, and says nothing: it waits for what will not come. */
const IDLE_MS = 20_000;
/** Long work without a pause (a large collection, a slow disk) ends; only a loop without end goes on for a minute. */
const WORKING_MS = 60_000;

/** How long a silence of a process like this may last, in milliseconds. */
export const silenceLimitMs = ({ state, isWorking }: ProcessLook): number => {
  if (state === 'T' || state === 't') return STOPPED_MS;
  if (state === 'D' || state === 'R' || isWorking) return WORKING_MS;
  return IDLE_MS;
};

export interface Silence {
  /** Monotonic time of the last look. */
  lookedAt: number;
  /** Since when it counts as silent: the last sign of life, or later, when the watcher itself was not there. */
  since: number;
}

/** Looks come every second; a watcher that was away for longer was stopped itself, as with the lid of a laptop. */
const OWN_GAP_MS = 5_000;

/**
 * One look at a part that was last heard at `heardAt`: how long it has been silent while it was watched. Time in which the watcher did
 * not run does not count: whoever slept knows nothing of the others.
 */
export const nextSilence = (before: Silence | null, heardAt: number, now: number): Silence => {
  if (before === null) return { lookedAt: now, since: Math.max(heardAt, now) };
  const wasAway = now - before.lookedAt > OWN_GAP_MS;
  return { lookedAt: now, since: Math.max(heardAt, wasAway ? now : before.since) };
};
