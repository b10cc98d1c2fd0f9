import { readFileSync, readdirSync } from 'node:fs';

const MS_PER_TICK = 10;

/** State and times of a process, from /proc/PID/stat after its name; null when it is gone. */
const fieldsOf = (pid: number): string[] | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
};

/** Processor time of a process so far, in ms. */
export const cpuMs = (pid: number): number => {
  const fields = fieldsOf(pid);
  return fields ? (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK : 0;
};

/** Processor time of a Postgres server so far, in ms: of the postmaster and the processes that it has now. */
export const cpuMsOfServer = (postmaster: number): number =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid === postmaster || Number(fieldsOf(pid)?.[1]) === postmaster)
    .reduce((sum, pid) => sum + cpuMs(pid), 0);
