/** One accelerator. `device` is a short stable key such as `gpu0`; its full name is in the host's facts. */
export interface GpuReading {
  device: string;
  percent: number;
  memoryUsedBytes: number | null;
  memoryTotalBytes: number | null;
  powerWatts: number | null;
}

export interface DiskReading {
  mount: string;
  usedBytes: number;
  /** What an ordinary user can still write. */
  freeBytes: number;
  percent: number;
}

/** Everything that was measured at one instant. What has no sensor is absent: null or an empty list, never a zero. */
export interface Sample {
  /** Milliseconds since the epoch. */
  t: number;
  /** Busy share of all processors since the sample before, 0..100. */
  cpu: number | null;
  ram: { percent: number; usedBytes: number; totalBytes: number } | null;
  gpu: GpuReading[];
  temperature: { sensor: string; celsius: number }[];
  disk: DiskReading[];
  /** Bytes a second since the sample before. */
  network: { device: string; receivedPerS: number; sentPerS: number }[];
  /** The product's own processes; `cpuPercent` is of one processor. */
  process: { process: string; rssBytes: number; cpuPercent: number }[];
}

/** What one source adds to a sample. */
export type Reading = Partial<Omit<Sample, 't'>>;

/** A part of the machine that can be read. It tells what is there and leaves out what is not. */
export interface Source {
  readonly name: string;
  /** Null: nothing to tell this time. An error is logged and costs this source's part of one sample. */
  read(): Reading | null | Promise<Reading | null>;
  close?(): void;
}

export const emptySample = (t: number): Sample => ({ t, cpu: null, ram: null, gpu: [], temperature: [], disk: [], network: [], process: [] });

/** Adds a reading to a sample: lists are joined, single values set. */
export const addReading = (sample: Sample, reading: Reading): void => {
  sample.cpu = reading.cpu ?? sample.cpu;
  sample.ram = reading.ram ?? sample.ram;
  sample.gpu.push(...(reading.gpu ?? []));
  sample.temperature.push(...(reading.temperature ?? []));
  sample.disk.push(...(reading.disk ?? []));
  sample.network.push(...(reading.network ?? []));
  sample.process.push(...(reading.process ?? []));
};
