import { renameSync, writeFileSync } from 'node:fs';
import type { LauncherState, ServiceState } from '#contracts';
import type { Part } from './part.ts';
import type { PartState } from './supervisor.ts';

export interface StateFile {
  update(part: Part, state: PartState): void;
  /** What a running service says is wrong with it; null when all is well. */
  complain(service: string, complaint: string | null): void;
}

type Header = Omit<LauncherState, 'services'>;

/** Keeps the state file true: whole at every moment (written aside, then moved), so that readers need no lock. */
export const openStateFile = (file: string, header: Header): StateFile => {
  const services = new Map<string, ServiceState>();

  const write = (): void => {
    const state: LauncherState = { ...header, services: [...services.values()] };
    try {
      writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
      renameSync(`${file}.new`, file);
    } catch {
      // A full disk must not stop the supervision; the next change tries again.
    }
  };

  return {
    update(part, state) {
      const since = new Date().toISOString();
      for (const name of part.services)
        services.set(name, { name, ...state, since: services.get(name)?.state === state.state ? services.get(name)!.since : since });
      write();
    },
    complain(service, complaint) {
      const known = services.get(service);
      if (!known) return;
      services.set(service, { ...known, lastError: complaint });
      write();
    },
  };
};
