import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { updatePlaces } from './places.ts';
import { readPointer, type RunnableRelease } from './pointer.ts';

/** What the next start would run: the pointer's release, or, while nothing was ever updated, the installation in `productDir`. */
export const findRunning = async (dataDir: string, productDir: string): Promise<RunnableRelease> => {
  const pointer = await readPointer(updatePlaces(dataDir).pointer);
  if (pointer) return pointer.release;
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(await readFile(join(productDir, 'package.json'), 'utf8')));
  return { version, dir: productDir, node: process.execPath, entry: 'scripts/start.mjs' };
};
