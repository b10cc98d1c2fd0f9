import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { instant, releaseComponent, trialCheck, updateStateName } from '#contracts';

/** One line of the story: written before what it names counts as done, and on the disk when that goes on. */
export const journalEntry = z.object({
  at: instant,
  by: z.string(),
  updateId: z.string().optional(),
  state: z.union([updateStateName, z.literal('lost')]),
  from: z.string().optional(),
  to: z.string().optional(),
  file: z.string().optional(),
  source: z.string().optional(),
  sha256: z.string().optional(),
  sizeBytes: z.number().optional(),
  signedBy: z.string().optional(),
  components: z.array(releaseComponent.extend({ before: z.string().nullable() })).optional(),
  restorePoint: z.object({ path: z.string(), sizeBytes: z.number(), parts: z.array(z.string()) }).optional(),
  reason: z.string().optional(),
  check: z.string().optional(),
  checks: z.array(trialCheck).optional(),
  logLines: z.array(z.string()).optional(),
  attempt: z.number().optional(),
});
export type JournalEntry = z.infer<typeof journalEntry>;

/** Appends one line, fsynced. A torn last line (a power cut) is closed first, and stays unread. */
export const appendJournal = async (file: string, entry: Omit<JournalEntry, 'at'>, now: number): Promise<void> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, 'a+', 0o600);
  try {
    const { size } = await handle.stat();
    const torn = size > 0 && (await handle.read(Buffer.alloc(1), 0, 1, size - 1)).buffer[0] !== 10;
    await handle.write(`${torn ? '\n' : ''}${JSON.stringify({ at: new Date(now).toISOString(), ...entry })}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** All lines that are whole, oldest first. */
export const readJournal = async (file: string): Promise<JournalEntry[]> => {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    try {
      return [journalEntry.parse(JSON.parse(line))];
    } catch {
      return [];
    }
  });
};
