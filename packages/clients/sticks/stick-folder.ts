import { lstat, open, readdir, realpath, rename, rm } from 'node:fs/promises';
import { basename, join, resolve, sep } from 'node:path';
import { AppError } from '#kit';
import type { StickFile } from './sticks.ts';

/** Where bundles lie: a stick with ten thousand photographs is not walked through. */
const PLACES = ['', 'arasul'];

/** Plain files below a stick's top, by their ending. */
export const findFiles = async (top: string, ending: string): Promise<StickFile[]> => {
  const found: StickFile[] = [];
  for (const place of PLACES) {
    // A link there would lead out of the stick.
    if (place !== '' && !(await lstat(join(top, place)).catch(() => null))?.isDirectory()) continue;
    const entries = await readdir(join(top, place), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (!entry.isFile() || entry.name.startsWith('.') || !entry.name.toLowerCase().endsWith(ending)) continue;
      const path = join(place, entry.name);
      const facts = await lstat(join(top, path)).catch(() => null);
      if (facts && facts.size > 0) found.push({ path, sizeBytes: facts.size, modifiedAt: facts.mtime });
    }
  }
  return found;
};

/** The file, when it is a plain one that lies on the stick itself; null otherwise. */
export const locateFile = async (top: string, path: string): Promise<string | null> => {
  const file = resolve(top, path);
  if (!file.startsWith(resolve(top) + sep)) return null;
  const facts = await lstat(file).catch(() => null);
  if (!facts?.isFile()) return null;
  return (await realpath(file)).startsWith((await realpath(top)) + sep) ? file : null;
};

export const away = (message: string, cause?: unknown): AppError => new AppError('part_away', { message, cause });

/** Writes one file at the top: aside, on the stick, then into its place. */
export const writeFileOn = async (top: string, name: string, content: string): Promise<void> => {
  const file = join(top, basename(name));
  const aside = `${file}.part`;
  try {
    await rm(aside, { force: true }); // a link that somebody laid there would lead out of the stick
    const handle = await open(aside, 'wx', 0o644);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(aside, file);
  } catch (cause) {
    await rm(aside, { force: true }).catch(() => undefined);
    throw away(`The stick could not be written (${(cause as Error).message}). Is it full, or locked against writing?`, cause);
  }
};
