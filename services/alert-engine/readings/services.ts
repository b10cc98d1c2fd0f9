import { readFile } from 'node:fs/promises';
import { launcherState } from '#contracts';
import type { Read } from './read.ts';

/** What the launcher says of the services. */
export const readServices = async (stateFile: string | null, read: Read): Promise<void> => {
  if (stateFile === null) return;
  try {
    const { services } = launcherState.parse(JSON.parse(await readFile(stateFile, 'utf8')));
    read.set(
      'service.down',
      services.map(({ name, state }) => ({ device: name, value: state === 'failed' || state === 'restarting' ? 1 : 0 })),
    );
    read.set(
      'service.restarts',
      services.map(({ name, restarts }) => ({ device: name, value: restarts })),
    );
  } catch {
    // Not written yet, or of another release: nothing is heard of the services.
  }
};
