import { readFileSync } from 'node:fs';
import type { Sample, Source } from '../sample.ts';

/** Clock ticks a second in /proc/PID/stat: 100 on every Linux that Node.js runs on (USER_HZ). */
const TICKS_PER_S = 100;

export interface OwnProcess {
  process: string;
  pid: number;
}

/**
 * User and system ticks of /proc/PID/stat (fields 14 and 15). Counted from the last bracket, because the second field is
 * the program's name and may hold spaces and brackets itself.
 */
export const parseProcessTicks = (stat: string): number | null => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return Number.isFinite(ticks) ? ticks : null;
};

/** Resident memory in bytes from /proc/PID/status; null for a kernel thread or a process that just ended. */
export const parseResidentBytes = (status: string): number | null => {
  const found = /^VmRSS:\s+(\d+) kB/m.exec(status);
  return found ? Number(found[1]) * 1024 : null;
};

/** Share of one processor, one decimal. */
const cpuPercent = (ticks: number, elapsedMs: number): number => Math.round((Math.max(0, ticks) / TICKS_PER_S / (elapsedMs / 1000)) * 1000) / 10;

/** Memory and processor share of the product's own processes, as `list` names them at each read. */
export const processSource = (list: () => OwnProcess[], monotonicMs: () => number, proc = '/proc'): Source => {
  let before = new Map<number, number>();
  let beforeMs = monotonicMs();
  return {
    name: 'processes',
    read() {
      const nowMs = monotonicMs();
      const ticks = new Map<number, number>();
      const process: Sample['process'] = [];
      for (const { process: name, pid } of list()) {
        try {
          const used = parseProcessTicks(readFileSync(`${proc}/${pid}/stat`, 'latin1'));
          const rssBytes = parseResidentBytes(readFileSync(`${proc}/${pid}/status`, 'latin1'));
          if (used === null || rssBytes === null) continue;
          ticks.set(pid, used);
          const then = before.get(pid);
          if (then === undefined || nowMs <= beforeMs) continue; // its share is known from the second read on
          process.push({ process: name, rssBytes, cpuPercent: cpuPercent(used - then, nowMs - beforeMs) });
        } catch {
          // it ended between the list and the read
        }
      }
      before = ticks;
      beforeMs = nowMs;
      return { process };
    },
  };
};
