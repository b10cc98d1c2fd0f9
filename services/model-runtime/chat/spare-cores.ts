import { availableParallelism, cpus } from 'node:os';

interface CpuReading {
  /** Milliseconds of work of all cores together, by anybody. */
  busyMs: number;
  /** Milliseconds of work of this process. */
  ownMs: number;
  /** Milliseconds that passed. */
  at: number;
}

/** Below this a reading is noise: kernels count in ticks of 10 ms. */
const LEAST_SPAN_MS = 200;

/**
 * How many threads pay now. llama.cpp's threads wait for each other by spinning after every operation, so one thread that has no core
 * stalls all: on two busy cores, two threads wrote 1.6-3 tokens/s where one wrote 40. When the cores are free, two prefill 1.8x faster.
 */
export const createSpareCores = ({ cores = availableParallelism(), read = readCpu }: { cores?: number; read?: () => CpuReading } = {}) => {
  let last = read();
  let threads = cores;
  return {
    threads(): number {
      const now = read();
      const span = now.at - last.at;
      if (span < LEAST_SPAN_MS) return threads;
      const othersBusy = Math.max(0, (now.busyMs - last.busyMs - (now.ownMs - last.ownMs)) / span);
      last = now;
      // Half a core of others' work is the point from which a thread there waits more than it works.
      threads = Math.max(1, Math.min(cores, Math.floor(cores - othersBusy + 0.5)));
      return threads;
    },
  };
};

export type SpareCores = ReturnType<typeof createSpareCores>;

const readCpu = (): CpuReading => {
  const busyMs = cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  const own = process.cpuUsage();
  return { busyMs, ownMs: (own.user + own.system) / 1000, at: performance.now() };
};
