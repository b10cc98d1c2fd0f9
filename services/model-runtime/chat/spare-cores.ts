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
/** A reading must be of now: an average over a quiet hour says nothing about a busy second. */
const LOOK_EVERY_MS = 1_000;

interface Options {
  cores?: number;
  read?: () => CpuReading;
}

/**
 * How many threads pay now. llama.cpp's threads wait for each other by spinning after every operation, so one thread that has no core
 * stalls all: on two busy cores, two threads wrote 1.6-3 tokens/s where one wrote 40, and four took 18 s for a batch of ten tokens that
 * one computed in 0.2 s. When the cores are free, all of them prefill nearly twice as fast as one.
 */
export const createSpareCores = ({ cores = availableParallelism(), read = readCpu }: Options = {}) => {
  let last = read();
  let threads = cores;

  const look = (): number => {
    const now = read();
    const span = now.at - last.at;
    if (span < LEAST_SPAN_MS) return threads;
    const othersBusy = Math.max(0, (now.busyMs - last.busyMs - (now.ownMs - last.ownMs)) / span);
    last = now;
    // Half a core of others' work is the point from which a thread there waits more than it works.
    threads = Math.max(1, Math.min(cores, Math.floor(cores - othersBusy + 0.5)));
    return threads;
  };

  const timer = setInterval(look, LOOK_EVERY_MS).unref();
  return {
    cores,
    threads: look,
    close: () => clearInterval(timer),
  };
};

export type SpareCores = ReturnType<typeof createSpareCores>;

const readCpu = (): CpuReading => {
  const busyMs = cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  const own = process.cpuUsage();
  return { busyMs, ownMs: (own.user + own.system) / 1000, at: performance.now() };
};
