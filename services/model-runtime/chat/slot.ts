/**
 * One at a time, in order of arrival. A generation uses all the memory bandwidth that there is: two at once would each take more than
 * twice as long, and the first would be late for nothing.
 */
export const createSlot = () => {
  let tail: Promise<void> = Promise.resolve();
  let taken = 0;
  return {
    /** How many hold it or wait for it. */
    get length() {
      return taken;
    },
    /** Resolves when those who hold it or wait for it now are done. */
    idle: (): Promise<void> => tail,
    /** Resolves with the way to give it back. An aborted wait throws the signal's reason, and its place is passed on. */
    async take(signal?: AbortSignal): Promise<() => void> {
      signal?.throwIfAborted();
      const previous = tail;
      let release = () => {};
      tail = new Promise((resolve) => {
        release = resolve;
      });
      taken += 1;
      const giveBack = () => {
        taken -= 1;
        release();
      };
      try {
        await untilAborted(previous, signal);
      } catch (error) {
        taken -= 1;
        // Those behind must still wait for those before.
        void previous.then(release);
        throw error;
      }
      return giveBack;
    },
  };
};

export type Slot = ReturnType<typeof createSlot>;

const untilAborted = (work: Promise<void>, signal?: AbortSignal): Promise<void> => {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    void work.then(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
  });
};
