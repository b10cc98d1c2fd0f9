import { percentOf } from '../percent.ts';
import type { Sample, Source } from '../sample.ts';
import type { KernelFile } from './files.ts';

const kilobytes = (meminfo: string, key: string): number | null => {
  const found = new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(meminfo);
  return found ? Number(found[1]) * 1024 : null;
};

/**
 * /proc/meminfo as used and total bytes. Used is what a program could not get any more (MemTotal - MemAvailable): page
 * cache is not "used", and on a box whose accelerator shares the memory this is the number that decides.
 */
export const parseMeminfo = (meminfo: string): Sample['ram'] => {
  const totalBytes = kilobytes(meminfo, 'MemTotal');
  const availableBytes = kilobytes(meminfo, 'MemAvailable') ?? kilobytes(meminfo, 'MemFree');
  if (!totalBytes || availableBytes === null) return null;
  const usedBytes = Math.max(0, totalBytes - availableBytes);
  return { percent: percentOf(usedBytes, totalBytes), usedBytes, totalBytes };
};

export const memorySource = (meminfo: KernelFile): Source => ({
  name: 'memory',
  read: () => ({ ram: parseMeminfo(meminfo.text()) }),
  close: () => meminfo.close(),
});
