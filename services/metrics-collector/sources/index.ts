import type { Logger } from '#kit';
import type { Source } from '../sample.ts';
import { cpuSource } from './cpu.ts';
import { diskSource } from './disks.ts';
import { openKernelFile, type KernelFile } from './files.ts';
import { findTool } from './find-tool.ts';
import { memorySource } from './memory.ts';
import { networkSource } from './network.ts';
import { nvidiaSource, type NvidiaSource } from './nvidia.ts';
import { portableSources } from './portable.ts';
import { processSource, type OwnProcess } from './processes.ts';
import { sysfsGpuSource } from './sysfs-gpu.ts';
import { tegrastatsSource } from './tegrastats.ts';
import { findSensors, temperatureSource } from './temperature.ts';

export type { OwnProcess } from './processes.ts';
export { findTool } from './find-tool.ts';

interface Needs {
  intervalMs: number;
  /** The PATH variable. */
  path: string;
  processes: () => OwnProcess[];
  monotonicMs: () => number;
  log: Logger;
}

export interface MachineSources {
  sources: Source[];
  /** The NVIDIA part, which learns the names of its GPUs as it reads. */
  nvidia: NvidiaSource | null;
  close(): void;
}

/** Opens what this machine can tell. Nothing is opened for a sensor that is not there. */
export const openSources = (needs: Needs): MachineSources => {
  const nvidia = openNvidia(needs);
  const sources = [...(process.platform === 'linux' ? linuxSources(needs, nvidia !== null) : portableSources()), ...(nvidia ? [nvidia] : [])];
  return { sources, nvidia, close: () => sources.forEach((source) => source.close?.()) };
};

const openNvidia = ({ path, intervalMs, monotonicMs, log }: Needs): NvidiaSource | null => {
  // A Jetson has the tool from JetPack 6 on, but its load only in the kernel's files or in tegrastats.
  if (findTool('tegrastats', path)) return null;
  const command = findTool('nvidia-smi', path);
  return command ? nvidiaSource({ command, intervalMs, monotonicMs, log }) : null;
};

const linuxSources = ({ intervalMs, path, processes, monotonicMs, log }: Needs, hasNvidia: boolean): Source[] => {
  const file = (name: string, make: (file: KernelFile) => Source, options?: { headBytes: number }): Source[] => {
    try {
      return [make(openKernelFile(name, options))];
    } catch (error) {
      log.warn({ error, file: name }, 'this kernel does not tell it');
      return [];
    }
  };
  const temperature = temperatureSource(findSensors());
  const gpu = hasNvidia ? null : sysfsGpuSource();
  const tegrastats = gpu || hasNvidia ? null : findTool('tegrastats', path);
  return [
    ...file('/proc/stat', cpuSource, { headBytes: 256 }),
    ...file('/proc/meminfo', memorySource),
    ...file('/proc/self/mounts', (mounts) => diskSource(mounts)),
    ...file('/proc/net/dev', (dev) => networkSource(dev, monotonicMs)),
    processSource(processes, monotonicMs),
    ...(temperature ? [temperature] : []),
    ...(gpu ? [gpu] : []),
    ...(tegrastats ? [tegrastatsSource({ command: tegrastats, intervalMs, monotonicMs, withTemperature: temperature === null, log })] : []),
  ];
};
