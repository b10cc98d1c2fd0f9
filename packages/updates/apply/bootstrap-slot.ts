import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeWhole } from './durable.ts';
import type { UpdatePlaces } from './places.ts';

const active = z.object({ slot: z.enum(['a', 'b']), tries: z.number().optional() });
const OTHER = { a: 'b', b: 'a' } as const;

/**
 * Writes the bootstrap of a release that was kept into the slot that is not in use, then makes that the one to begin with; the one that works
 * stays in the other. scripts/bootstrap/choose.mjs returns to it when the new one cannot be loaded or does not settle.
 * Resolves with the slot, or null when the bootstrap is the same.
 */
export const keepBootstrap = async ({ releases }: Pick<UpdatePlaces, 'releases'>, releaseDir: string): Promise<'a' | 'b' | null> => {
  const folder = join(releases, 'bootstrap');
  const file = join(folder, 'active.json');
  const next = await readFile(join(releaseDir, 'scripts', 'bootstrap', 'bootstrap.mjs'));
  const now = await readFile(file, 'utf8').then(
    (text) => active.parse(JSON.parse(text)),
    () => null,
  );
  const bytes = now && (await readFile(join(folder, now.slot, 'bootstrap.mjs')).catch(() => null));
  if (bytes?.equals(next)) return null;
  const slot = now ? OTHER[now.slot] : 'a';
  await writeWhole(join(folder, slot, 'bootstrap.mjs'), next);
  await writeWhole(file, `${JSON.stringify({ slot, tries: 0 })}\n`);
  return slot;
};
