import { readFileSync } from 'node:fs';
import type { ProcessLook } from './silence.ts';

interface Stat {
  state: string;
  /** Processor time so far, in ticks of the kernel. */
  ticks: number;
}

const readStat = (pid: number): Stat | null => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold anything, so fields are counted from its end.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return null;
  }
};

/** Looks at a process again and again; each look says whether it worked since the one before. */
export const createProcessLook = (pid: number): (() => ProcessLook) => {
  let ticks: number | null = null;
  return () => {
    const stat = readStat(pid);
    const isWorking = stat !== null && ticks !== null && stat.ticks > ticks;
    ticks = stat?.ticks ?? null;
    return { state: stat?.state ?? null, isWorking };
  };
};
