import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '#kit';

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** One update at a time. A lock whose process is gone is nobody's. Errors: `conflict`. */
export const withUpdateLock = async <T>(file: string, work: () => Promise<T>): Promise<T> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const pid = Number(await readFile(file, 'utf8').catch(() => ''));
  if (pid && !lives(pid)) await rm(file, { force: true });
  const handle = await open(file, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') throw new AppError('conflict', { message: 'An update is being applied already; wait until it is done.' });
    throw error;
  });
  await handle.writeFile(String(process.pid)).finally(() => handle.close());
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
};
