import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { AppError } from '#kit';
import type { BackupTarget } from './backup-target.ts';

/** Contents on their way; what a power cut leaves here is cleared at the next write. */
const INCOMING = '.incoming';
const ABANDONED_MS = 24 * 3_600_000;

const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(path, 'r');
  try {
    // A stick's file system may not know how to; its files themselves are synced all the same.
    await folder.sync().catch(() => undefined);
  } finally {
    await folder.close();
  }
};

const inWords = (folder: string, cause: NodeJS.ErrnoException): AppError => {
  if (cause.code === 'ENOSPC' || cause.code === 'EDQUOT')
    return new AppError('disk_full', { message: `The disk of ${folder} is full. Free some space or keep fewer backups; those that are there are whole.`, cause });
  return new AppError('backup_target_away', { message: `${folder} cannot be used (${cause.message}). Is the stick or the share still there?`, cause });
};

/** A folder: on a disk, a stick, or a share that the system has mounted. It must exist: an unplugged stick's mount point must not fill the disk. */
export const createFolderTarget = (folder: string): BackupTarget => {
  const root = resolve(folder);
  const locate = (name: string): string => {
    const path = resolve(root, name);
    if (!path.startsWith(root + sep)) throw new AppError('not_found', { message: 'There is no such part of a backup.' });
    return path;
  };
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof AppError || (error as NodeJS.ErrnoException).code === undefined) throw error;
      throw inWords(root, error as NodeJS.ErrnoException);
    }
  };

  const clearAbandoned = async (incoming: string): Promise<void> => {
    for (const name of await readdir(incoming)) {
      const found = await stat(join(incoming, name)).catch(() => null);
      if (found && Date.now() - found.mtimeMs > ABANDONED_MS) await rm(join(incoming, name), { force: true });
    }
  };
  let prepared: Promise<string> | undefined;
  const prepare = (): Promise<string> =>
    (prepared ??= guarded(async () => {
      await access(root);
      const incoming = join(root, INCOMING);
      await mkdir(incoming, { recursive: true, mode: 0o700 });
      await clearAbandoned(incoming);
      return incoming;
    }).catch((error: unknown) => {
      prepared = undefined;
      throw error;
    }));

  return {
    has: (name) =>
      access(locate(name)).then(
        () => true,
        () => false,
      ),
    async *list(prefix) {
      const walk = async function* (path: string): AsyncGenerator<{ name: string; sizeBytes: number }> {
        for (const entry of await readdir(path, { withFileTypes: true }).catch(() => [])) {
          const full = join(path, entry.name);
          if (entry.isDirectory()) yield* walk(full);
          else if (entry.isFile()) yield { name: relative(root, full).split(sep).join('/'), sizeBytes: (await stat(full)).size };
        }
      };
      yield* walk(locate(prefix));
    },
    async write(name, content) {
      const incoming = await prepare();
      return guarded(async () => {
        const draft = join(incoming, randomUUID());
        const file = await open(draft, 'wx', 0o600);
        let size = 0;
        try {
          for await (const part of content) {
            await file.write(part);
            size += part.length;
          }
          await file.sync();
          await file.close();
          const path = locate(name);
          await mkdir(dirname(path), { recursive: true, mode: 0o700 });
          await rename(draft, path);
          await syncFolder(dirname(path));
          return size;
        } catch (error) {
          await file.close().catch(() => undefined);
          await rm(draft, { force: true });
          throw error;
        }
      });
    },
    async read(name) {
      const path = locate(name);
      await access(path).catch((cause: unknown) => {
        throw new AppError('not_found', { message: `A part of the backup is missing in ${root} (${name}).`, cause });
      });
      return createReadStream(path);
    },
    remove: (name) => rm(locate(name), { force: true }),
    async freeBytes() {
      return guarded(async () => {
        const { bavail, bsize } = await statfs(root);
        return bavail * bsize;
      });
    },
  };
};
