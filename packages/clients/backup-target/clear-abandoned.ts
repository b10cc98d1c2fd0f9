import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** No write takes that long: what is older was left by one that was killed. */
const ABANDONED_MS = 24 * 3_600_000;

/** Removes drafts of writes that were killed. */
export const clearAbandoned = async (drafts: string): Promise<void> => {
  for (const name of await readdir(drafts)) {
    const found = await stat(join(drafts, name)).catch(() => null);
    if (found && Date.now() - found.mtimeMs > ABANDONED_MS) await rm(join(drafts, name), { force: true });
  }
};
