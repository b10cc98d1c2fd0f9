/** Weight of the newest second in the shown speed: steady to the eye, right again within about ten seconds after a change. */
const NEWEST = 0.2;
/** Speeds of shorter spans are noise. */
const LEAST_SPAN_MS = 500;

export interface Progress {
  doneBytes: number;
  totalBytes: number;
  bytesPerSecond: number | null;
  etaMs: number | null;
}

/** Adds up a model's files and estimates what is left. Bytes that were there before count as done, not as speed. */
export const createProgress = (now: () => number) => {
  const files = new Map<string, number>();
  let totalBytes = 0;
  let speed: number | null = null;
  let last: { at: number; bytes: number } | null = null;

  const doneBytes = () => [...files.values()].reduce((sum, bytes) => sum + bytes, 0);

  return {
    plan(bytes: number): void {
      totalBytes = bytes;
    },
    onBytes(file: string, bytes: number): void {
      const isFirst = !files.has(file);
      files.set(file, bytes);
      // The first report of a file is what an earlier try left.
      if (isFirst || !last) last = { at: now(), bytes: doneBytes() };
    },
    read(): Progress {
      const done = doneBytes();
      if (last && now() - last.at >= LEAST_SPAN_MS) {
        const measured = Math.max(0, ((done - last.bytes) / (now() - last.at)) * 1000);
        speed = speed === null ? measured : speed + NEWEST * (measured - speed);
        last = { at: now(), bytes: done };
      }
      const left = Math.max(0, totalBytes - done);
      return {
        doneBytes: Math.min(done, totalBytes),
        totalBytes,
        bytesPerSecond: speed === null ? null : Math.round(speed),
        etaMs: speed ? Math.round((left / speed) * 1000) : null,
      };
    },
  };
};
