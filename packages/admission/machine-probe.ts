import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freemem, totalmem } from 'node:os';
import type { Holder, MemoryProbe, Pool } from './memory.ts';
import { parseMeminfo, withinCgroup } from './meminfo.ts';
import { isLeftBehind, modelProgram, processFacts, type ProcessFacts } from './model-processes.ts';
import { APP_ARGUMENTS, CARD_ARGUMENTS, parseApps, parseCards } from './nvidia.ts';

/** Runs a tool and gives what it prints; rejects when there is none. */
export type RunTool = (command: string, args: readonly string[]) => Promise<string>;

const TOOL_TIMEOUT_MS = 4_000;
const run = promisify(execFile);
const runTool: RunTool = async (command, args) => (await run(command, [...args], { timeout: TOOL_TIMEOUT_MS })).stdout;

interface Options {
  /** Where /proc, /sys and /dev begin: a recorded machine's in tests. */
  root?: string;
  tool?: RunTool;
}

const textOf = (path: string): Promise<string | null> => readFile(path, 'latin1').catch(() => null);

/** The system's memory, no more than the control group lets us have. */
const readRam = async (root: string): Promise<Pool> => {
  const meminfo = await textOf(join(root, 'proc/meminfo'));
  // No /proc: macOS, where what is free says little but is all there is.
  if (meminfo === null) return { totalBytes: totalmem(), availableBytes: freemem() };
  const group = join(root, 'sys/fs/cgroup');
  const own = /^0::(.*)$/m.exec((await textOf(join(root, 'proc/self/cgroup'))) ?? '')?.[1] ?? '/';
  let pool = parseMeminfo(meminfo);
  // Every level above may be the narrowest.
  const levels = own.split('/').filter(Boolean);
  for (let depth = levels.length; depth >= 0; depth -= 1) {
    const folder = join(group, ...levels.slice(0, depth));
    const [limit, used, stat] = await Promise.all(['memory.max', 'memory.current', 'memory.stat'].map((name) => textOf(join(folder, name))));
    pool = withinCgroup(pool, { limit: limit ?? null, used: used ?? null, stat: stat ?? null });
  }
  const [limit, used, stat] = await Promise.all(
    ['memory.limit_in_bytes', 'memory.usage_in_bytes', 'memory.stat'].map((name) => textOf(join(group, 'memory', name))),
  );
  return withinCgroup(pool, { limit: limit ?? null, used: used ?? null, stat: stat ?? null });
};

const readProcess = async (root: string, pid: number): Promise<ProcessFacts | null> => {
  const [stat, statm, cmdline, cgroup] = await Promise.all(['stat', 'statm', 'cmdline', 'cgroup'].map((name) => textOf(join(root, 'proc', `${pid}`, name))));
  return stat && statm && cmdline ? processFacts(pid, { stat, statm, cmdline, cgroup: cgroup ?? '' }) : null;
};

/** Model programs that are not ours, with what they hold of the system's memory. */
const readModelPrograms = async (root: string, ours: ReadonlySet<number>): Promise<Holder[]> => {
  const pids = (await readdir(join(root, 'proc')).catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  const holders: Holder[] = [];
  for (const pid of pids) {
    if (ours.has(pid)) continue;
    const facts = await readProcess(root, pid);
    const name = facts && modelProgram(facts.commandLine);
    if (name) holders.push({ pid, name, bytes: facts.residentBytes, isOrphan: isLeftBehind(facts) });
  }
  return holders;
};

/** Adds up what a program holds in both memories. */
const together = (holders: readonly Holder[]): Holder[] => {
  const byPid = new Map<number, Holder>();
  for (const holder of holders) {
    const known = byPid.get(holder.pid);
    byPid.set(holder.pid, known ? { ...known, bytes: known.bytes + holder.bytes } : holder);
  }
  return [...byPid.values()].sort((a, b) => b.bytes - a.bytes);
};

/** This machine's memory: /proc and control groups, an NVIDIA card through nvidia-smi, and a Jetson, whose accelerator has the system's. */
export const createMachineProbe = ({ root = '/', tool = runTool }: Options = {}): MemoryProbe => ({
  async read(ours) {
    const compatible = (await textOf(join(root, 'proc/device-tree/compatible'))) ?? '';
    const isUnified = compatible.includes('nvidia,tegra');
    const hasCard = !isUnified && (existsSync(join(root, 'dev/nvidia0')) || existsSync(join(root, 'dev/dxg')));
    const [ram, programs, cards, apps] = await Promise.all([
      readRam(root),
      readModelPrograms(root, ours),
      hasCard ? tool('nvidia-smi', CARD_ARGUMENTS).catch(() => '') : '',
      hasCard ? tool('nvidia-smi', APP_ARGUMENTS).catch(() => '') : '',
    ]);
    const computing = await Promise.all(
      parseApps(apps)
        .filter(({ pid }) => !ours.has(pid))
        .map(async (app): Promise<Holder> => {
          const facts = await readProcess(root, app.pid);
          const name = (facts && modelProgram(facts.commandLine)) ?? app.name;
          return { ...app, name, isOrphan: facts !== null && isLeftBehind(facts) && modelProgram(facts.commandLine) !== null };
        }),
    );
    return { ram, gpu: parseCards(cards), isUnified, holders: together([...computing, ...programs]) };
  },
});
