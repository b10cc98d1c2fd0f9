import { percentOf } from '../percent.ts';
import type { Source } from '../sample.ts';
import type { KernelFile } from './files.ts';

/** Clock ticks of all processors together since the machine was started. */
export interface CpuTicks {
  idle: number;
  total: number;
}

/**
 * First line of /proc/stat (proc_stat(5)): user nice system idle iowait irq softirq steal guest guest_nice. Waiting for
 * input counts as idle; guest time is already inside user and nice. Null when it is not that line.
 */
export const parseCpuTicks = (stat: string): CpuTicks | null => {
  const fields = stat.slice(0, stat.indexOf('\n')).trim().split(/\s+/);
  if (fields[0] !== 'cpu' || fields.length < 5) return null;
  const [user, nice, system, idle, iowait = 0, irq = 0, softirq = 0, steal = 0] = fields.slice(1).map(Number) as [number, number, number, number, ...number[]];
  return { idle: idle + iowait, total: user + nice + system + idle + iowait + irq + softirq + steal };
};

/** Busy share in percent between two readings; null when no tick passed, or the counters went back (a resumed machine). */
export const busyPercent = (before: CpuTicks, after: CpuTicks): number | null => {
  const total = after.total - before.total;
  return total > 0 ? percentOf(total - (after.idle - before.idle), total) : null;
};

/** The processors' busy share since the last read. */
export const cpuSource = (stat: KernelFile): Source => {
  let before = parseCpuTicks(stat.text());
  return {
    name: 'cpu',
    read() {
      const after = parseCpuTicks(stat.text());
      const cpu = before && after && busyPercent(before, after);
      before = after;
      return { cpu };
    },
    close: () => stat.close(),
  };
};
