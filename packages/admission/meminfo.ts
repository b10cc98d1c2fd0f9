import type { Pool } from './memory.ts';

const kilobytes = (meminfo: string, key: string): number | null => {
  const found = new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(meminfo);
  return found ? Number(found[1]) * 1024 : null;
};

/** The system's memory by /proc/meminfo. Errors: when it says no total. */
export const parseMeminfo = (text: string): Pool => {
  const totalBytes = kilobytes(text, 'MemTotal');
  const availableBytes = kilobytes(text, 'MemAvailable') ?? kilobytes(text, 'MemFree');
  if (!totalBytes || availableBytes === null) throw new Error('/proc/meminfo says no total.');
  return { totalBytes, availableBytes };
};

/** What a control group's files say; absent ones are null. */
export interface CgroupFiles {
  /** `memory.max`, or `memory.limit_in_bytes` of the first version. */
  limit: string | null;
  /** `memory.current`, or `memory.usage_in_bytes`. */
  used: string | null;
  /** `memory.stat`. */
  stat: string | null;
}

/** A container may have less than its machine. What it has read from files and not used lately the kernel gives up for it. */
export const withinCgroup = (machine: Pool, { limit, used, stat }: CgroupFiles): Pool => {
  const limitBytes = limit === null || limit.trim() === 'max' ? Infinity : Number(limit);
  // The first version says a number near 2^63 for no limit.
  if (!(limitBytes > 0 && limitBytes < machine.totalBytes)) return machine;
  const cacheBytes = Number(/^(?:total_)?inactive_file (\d+)$/m.exec(stat ?? '')?.[1] ?? 0);
  const usedBytes = Math.max(0, Number(used ?? 0) - cacheBytes);
  return { totalBytes: limitBytes, availableBytes: Math.max(0, Math.min(machine.availableBytes, limitBytes - usedBytes)) };
};
