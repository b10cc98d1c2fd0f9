import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What was copied a moment ago is being read: its reader may open it once more. */
const IN_USE_MS = 10 * 60_000;

/** Removes the copies that were read longest ago until at most `maxBytes` are left. What is in use stays, whatever the limit says. */
export const trimCache = async (folder: string, maxBytes: number): Promise<void> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = (
    await Promise.all(
      entries
        .filter((entry) => entry.isFile())
        .map(async (entry) => {
          const file = join(entry.parentPath, entry.name);
          const found = await stat(file).catch(() => undefined);
          return found === undefined ? [] : [{ file, sizeBytes: found.size, usedAt: Math.max(found.atimeMs, found.ctimeMs) }];
        }),
    )
  ).flat();
  let total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  for (const { file, sizeBytes, usedAt } of files.sort((a, b) => a.usedAt - b.usedAt)) {
    if (total <= maxBytes || Date.now() - usedAt < IN_USE_MS) return;
    await rm(file, { force: true });
    total -= sizeBytes;
  }
};
