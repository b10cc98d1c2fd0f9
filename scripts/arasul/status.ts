import { readFileSync } from 'node:fs';
import { launcherState } from '#contracts';
import { dataFolder } from '../../services/launcher/data-folder.ts';
import { readLock } from '../../services/launcher/lock.ts';

/** What runs on the data folder, in lines. */
export const statusLines = (dataDir: string): { running: boolean; lines: string[] } => {
  const folder = dataFolder(dataDir);
  const lock = readLock(folder.lockFile);
  if (lock.state !== 'running') return { running: false, lines: [`Arasul is not running on ${dataDir}. Start it with “npm start”.`] };
  const first = `Arasul runs at ${lock.url} (pid ${lock.pid}) on ${dataDir}.`;
  try {
    const state = launcherState.parse(JSON.parse(readFileSync(folder.stateFile, 'utf8')));
    const parts = state.services.map(({ name, state: how, since, restarts, lastError }) => {
      const past = restarts === 0 ? '' : `, restarted ${restarts} times`;
      return `  ${name.padEnd(20)} ${how.padEnd(10)} since ${since}${past}${lastError === null ? '' : `: ${lastError}`}`;
    });
    return { running: true, lines: [first, ...parts] };
  } catch {
    return { running: true, lines: [first, '  What its parts do cannot be read. Run this as the user that runs Arasul, or with sudo.'] };
  }
};
