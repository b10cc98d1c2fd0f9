import { link, readFile, rm } from 'node:fs/promises';
import { z } from 'zod';
import { writeWhole } from './durable.ts';

const runnable = z.object({ version: z.string(), dir: z.string(), node: z.string(), entry: z.string() });
/** A release as the bootstrap starts it. */
export type RunnableRelease = z.infer<typeof runnable>;

const pointer = z.object({
  format: z.literal(1),
  release: runnable,
  previous: runnable.nullable(),
  trial: z.object({ updateId: z.string(), attempts: z.number().int() }).nullable(),
});
export type ReleasePointer = z.infer<typeof pointer>;

/** What runs by the pointer; null while nothing was ever updated. */
export const readPointer = async (file: string): Promise<ReleasePointer | null> => {
  try {
    return pointer.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
};

/** The one switch: this rename decides. The pointer before it stays beside it. */
export const writePointer = async (file: string, next: ReleasePointer): Promise<void> => {
  const before = `${file}.before`;
  await rm(before, { force: true });
  await link(file, before).catch(() => undefined); // the first update has none
  await writeWhole(file, `${JSON.stringify(next)}\n`);
};
