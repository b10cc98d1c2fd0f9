import type { GpuReading, Sample, Source } from '../sample.ts';
import type { Logger } from '#kit';
import { openLineStream } from './line-stream.ts';

/** In the order in which the columns are asked for; see `nvidia-smi --help-query-gpu`. */
const QUERY = 'index,name,utilization.gpu,memory.used,memory.total,temperature.gpu,power.draw';
const MIB = 2 ** 20;

export interface NvidiaGpu {
  index: number;
  name: string;
  percent: number | null;
  memoryUsedBytes: number | null;
  memoryTotalBytes: number | null;
  celsius: number | null;
  powerWatts: number | null;
}

/** A cell of a CSV line without units. `[N/A]`, `[Not Supported]`, `[Unknown Error]` and the like are null. */
const numberIn = (cell: string | undefined): number | null => {
  const value = cell === undefined || cell === '' ? NaN : Number(cell);
  return Number.isFinite(value) ? value : null;
};

/** One line of `--format=csv,noheader,nounits`; null for anything else that the tool prints. */
export const parseNvidiaLine = (line: string): NvidiaGpu | null => {
  const cells = line.split(',').map((cell) => cell.trim());
  const index = numberIn(cells[0]);
  if (cells.length !== QUERY.split(',').length || index === null) return null;
  const [percent, memoryUsed, memoryTotal, celsius, powerWatts] = cells.slice(2).map(numberIn) as [
    number | null,
    number | null,
    number | null,
    number | null,
    number | null,
  ];
  return {
    index,
    name: cells[1] ?? 'GPU',
    percent,
    memoryUsedBytes: memoryUsed === null ? null : memoryUsed * MIB,
    memoryTotalBytes: memoryTotal === null ? null : memoryTotal * MIB,
    celsius,
    powerWatts,
  };
};

/** The key of a GPU in tables and charts; its full name is a fact of the host. */
export const gpuDevice = (index: number): string => `gpu${index}`;

/** Arguments that make nvidia-smi print one line for each GPU at every interval, until it is ended. */
export const nvidiaArguments = (intervalMs: number): string[] => [`--query-gpu=${QUERY}`, '--format=csv,noheader,nounits', `--loop-ms=${intervalMs}`];

interface Needs {
  command: string;
  intervalMs: number;
  monotonicMs: () => number;
  log: Logger;
}

export interface NvidiaSource extends Source {
  /** The GPUs seen so far, for the facts of the host. */
  gpus(): { device: string; name: string; memoryBytes: number | null }[];
}

/** The NVIDIA GPUs of this machine, through one long-running nvidia-smi. */
export const nvidiaSource = ({ command, intervalMs, monotonicMs, log }: Needs): NvidiaSource => {
  const latest = new Map<number, { gpu: NvidiaGpu; atMs: number }>();
  const stream = openLineStream({
    command,
    args: nvidiaArguments(intervalMs),
    log,
    onLine: (line) => {
      const gpu = parseNvidiaLine(line);
      if (gpu) latest.set(gpu.index, { gpu, atMs: monotonicMs() });
    },
  });
  // The tool's rhythm is its own: up to an interval old is fresh, two and a half is a tool that hangs.
  const fresh = () => [...latest.values()].filter(({ atMs }) => monotonicMs() - atMs < 2.5 * intervalMs).map(({ gpu }) => gpu);
  return {
    name: 'nvidia',
    read: () => ({ gpu: fresh().flatMap(gpuReading), temperature: fresh().flatMap(gpuTemperature) }),
    gpus: () => [...latest.values()].map(({ gpu }) => ({ device: gpuDevice(gpu.index), name: gpu.name, memoryBytes: gpu.memoryTotalBytes })),
    close: () => stream.close(),
  };
};

const gpuReading = ({ index, percent, memoryUsedBytes, memoryTotalBytes, powerWatts }: NvidiaGpu): GpuReading[] =>
  percent === null ? [] : [{ device: gpuDevice(index), percent, memoryUsedBytes, memoryTotalBytes, powerWatts }];

const gpuTemperature = ({ index, celsius }: NvidiaGpu): Sample['temperature'] => (celsius === null ? [] : [{ sensor: gpuDevice(index), celsius }]);
