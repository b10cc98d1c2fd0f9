import { readFileSync, statSync } from 'node:fs';
import { launcherState, type ServiceState } from '#contracts';
import type { OwnProcess } from './sources/index.ts';

/** Services that share a process are one line of the chart. */
export const processesOf = (services: Pick<ServiceState, 'name' | 'pid'>[]): OwnProcess[] => {
  const byPid = new Map<number, string[]>();
  for (const { name, pid } of services) {
    if (pid !== null) byPid.set(pid, [...(byPid.get(pid) ?? []), name]);
  }
  return [...byPid].map(([pid, names]) => ({ pid, process: names.length === 1 ? names[0]! : 'core' }));
};

/** The product's processes as the launcher's state file names them, read again when it changed; without one, this process. */
export const createProcessList = (stateFile: string | null): (() => OwnProcess[]) => {
  const alone: OwnProcess[] = [{ process: 'core', pid: process.pid }];
  if (stateFile === null) return () => alone;
  let readAtMs = -1;
  let list = alone;
  return () => {
    try {
      const { mtimeMs } = statSync(stateFile);
      if (mtimeMs === readAtMs) return list;
      const state = launcherState.parse(JSON.parse(readFileSync(stateFile, 'utf8')));
      list = [...processesOf(state.services), { process: 'launcher', pid: state.pid }];
      readAtMs = mtimeMs;
    } catch {
      // Not written yet, or of another release: the list so far stays.
    }
    return list;
  };
};
