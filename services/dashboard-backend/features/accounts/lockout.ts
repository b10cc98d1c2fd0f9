const MINUTE_MS = 60_000;
const LOCK_MINUTES = [1, 5, 15, 60, 240];

/** How long the next lock lasts, by how many there were since the last success: 1, 5, 15, 60, then 240 minutes. */
export const lockDurationMs = (earlierLocks: number): number => LOCK_MINUTES[Math.min(earlierLocks, LOCK_MINUTES.length - 1)]! * MINUTE_MS;

/** A duration as a person says it: "1 minute", "5 minutes", "40 seconds". */
export const inWords = (ms: number): string => {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  const [count, unit] = seconds < 60 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
};

/** Runs what has the same key one after another: parallel guesses must not outrun the count. */
export const createTurns = () => {
  const last = new Map<string, Promise<unknown>>();
  return async <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const turn = (last.get(key) ?? Promise.resolve()).then(work, work);
    const settled = turn.catch(() => undefined);
    last.set(key, settled);
    try {
      return await turn;
    } finally {
      if (last.get(key) === settled) last.delete(key);
    }
  };
};
