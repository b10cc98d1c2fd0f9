import { readFile, stat } from 'node:fs/promises';
import { launcherState, type LauncherState } from '#contracts';

/** What the launcher last wrote, or null when there is none, as when a service runs by itself. Read again only when it changed. */
export const createLauncherStateReader = (file: string | null): (() => Promise<LauncherState | null>) => {
  let readAtMs = -1;
  let known: LauncherState | null = null;
  return async () => {
    if (file === null) return null;
    try {
      const { mtimeMs } = await stat(file);
      if (mtimeMs !== readAtMs) {
        known = launcherState.parse(JSON.parse(await readFile(file, 'utf8')));
        readAtMs = mtimeMs;
      }
    } catch {
      // Not written yet, or of another release: what is known stays.
    }
    return known;
  };
};
