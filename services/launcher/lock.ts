import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { processIdentity } from './process-identity.ts';
import { StartProblem } from './start-problem.ts';

const holder = z.object({ pid: z.number().int(), identity: z.string(), url: z.string() });

/** What a lock file says: nobody, a running launcher, or one that ended without cleaning up. */
export type LockHolder = { state: 'none' } | { state: 'running'; pid: number; url: string } | { state: 'stale'; text: string };

export const readLock = (file: string): LockHolder => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return { state: 'none' };
  }
  const parsed = holder.safeParse(parseJson(text));
  if (!parsed.success || processIdentity(parsed.data.pid) !== parsed.data.identity) return { state: 'stale', text };
  return { state: 'running', pid: parsed.data.pid, url: parsed.data.url };
};

/** The sentence for a second start. */
export const alreadyRunning = ({ pid, url }: { pid: number; url: string }): StartProblem =>
  new StartProblem(
    `Arasul is already running (pid ${pid}) at ${url}. Open that address, or stop it first; for a second box on this machine set ARASUL_DATA_DIR and ARASUL_PORT.`,
  );

/**
 * Makes this process the one that runs on the data folder, and returns the release of it. A lock of a dead process (kill -9, a power cut)
 * is taken over. Errors: `StartProblem` when another is running.
 */
export const takeLock = (file: string, url: string): (() => void) => {
  const own = JSON.stringify({ pid: process.pid, identity: processIdentity(process.pid), url });
  for (;;) {
    const found = readLock(file);
    if (found.state === 'running') throw alreadyRunning(found);
    if (found.state === 'stale') removeStale(file, found.text);
    if (createWhole(file, own)) break;
  }
  return () => {
    if (readFileOr(file, '') === own) rmSync(file, { force: true });
  };
};

/** Like open with O_EXCL, but the file is whole from its first moment: a reader never sees half of it. */
const createWhole = (file: string, text: string): boolean => {
  const aside = `${file}.${process.pid}`;
  writeFileSync(aside, text, { mode: 0o644 });
  try {
    linkSync(aside, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
};

/** Of two starts that find the same dead lock one wins the rename; what it then holds is checked, and put back when it was a live one. */
const removeStale = (file: string, text: string): void => {
  const aside = `${file}.stale-${process.pid}`;
  try {
    renameSync(file, aside);
    if (readFileOr(aside, text) !== text) linkSync(aside, file);
  } catch {
    // The other start was faster: look again.
  } finally {
    rmSync(aside, { force: true });
  }
};

const readFileOr = (file: string, otherwise: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return otherwise;
  }
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
