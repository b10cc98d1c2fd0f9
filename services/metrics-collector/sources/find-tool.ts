import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where drivers put their tools although PATH may not say so: Debian, the Windows subsystem, JetPack. */
const EXTRA_FOLDERS = ['/usr/bin', '/usr/local/bin', '/usr/sbin', '/usr/lib/wsl/lib'];

/** Absolute path of a tool, or null when this machine has none. `path` is the PATH variable. */
export const findTool = (name: string, path: string): string | null => {
  const names = process.platform === 'win32' ? [`${name}.exe`] : [name];
  for (const folder of [...path.split(delimiter).filter(Boolean), ...EXTRA_FOLDERS]) {
    for (const candidate of names) {
      try {
        accessSync(join(folder, candidate), constants.X_OK);
        return join(folder, candidate);
      } catch {
        // not there
      }
    }
  }
  return null;
};
