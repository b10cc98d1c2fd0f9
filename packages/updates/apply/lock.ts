import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '#kit';
import { refused } from '../refuse.ts';

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** No process has it: the kernel's largest is 2^22. */
const NOBODY = 2 ** 30;

/** One update at a time. A lock whose process is gone is nobody's. Errors: `conflict`, `update_refused` on a full disk. */
export const withUpdateLock = async <T>(file: string, work: () => Promise<T>): Promise<T> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const found = await readFile(file, 'utf8').catch(() => null);
  // Empty: of a release that made the file before it wrote into it, and was cut off between the two.
  if (found !== null && !lives(Number(found) || NOBODY)) await rm(file, { force: true });
  const draft = `${file}.${process.pid}`;
  try {
    await writeFile(draft, String(process.pid), { mode: 0o600 });
    await link(draft, file); // with its content, or not at all
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
      throw refused('no_space', 'The box’s disk is full, so that nothing could be begun and nothing was changed. Free some space, then try again.', error);
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new AppError('conflict', { message: 'An update is being applied already; wait until it is done.', cause: error });
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
};
