import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '#kit';
import type { BackupTarget } from './backup-target.ts';
import { clearAbandoned } from './clear-abandoned.ts';

/** Contents on their way; what a power cut leaves here is cleared at the next write. */
const INCOMING = '.incoming';
/** So much is made safe at once: one flush of a disk costs about as much as of one file. */
const FLUSH_BYTES = 256 * 2 ** 20;
const FLUSH_CONTENTS = 1_000;

const syncPath = async (path: string): Promise<void> => {
  const handle = await open(path, 'r');
  try {
    // A stick's file system may not know how to sync a folder; its files are synced all the same.
    await handle.sync().catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOSPC' || error.code === 'EIO') throw error;
    });
  } finally {
    await handle.close();
  }
};

/** Has the disk of `root` write everything down; where the system has no such program, the files one by one. */
const syncAll = async (root: string, files: readonly string[]): Promise<void> => {
  if (files.length > 1 && process.platform === 'linux') {
    const done = await promisify(execFile)('sync', ['-f', root]).then(
      () => true,
      () => false,
    );
    if (done) return;
  }
  for (const file of files) await syncPath(file);
};

const inWords = (folder: string, cause: NodeJS.ErrnoException): AppError => {
  if (cause.code === 'ENOSPC' || cause.code === 'EDQUOT')
    return new AppError('disk_full', {
      message: `The disk of ${folder} is full. Free some space or keep fewer backups; those that are there are whole.`,
      cause,
    });
  return new AppError('backup_target_away', { message: `${folder} cannot be used (${cause.message}). Is the stick or the share still there?`, cause });
};

/** A folder: on a disk, a stick, or a share that the system has mounted. It must exist: an unplugged stick's mount point must not fill the disk. */
export const createFolderTarget = (folder: string): BackupTarget => {
  const root = resolve(folder);
  /** Written and not yet safe: their drafts by name. */
  const waiting = new Map<string, string>();
  let waitingBytes = 0;

  const locate = (name: string): string => {
    const path = resolve(root, name);
    if (!path.startsWith(root + sep)) throw new AppError('not_found', { message: 'There is no such part of a backup.' });
    return path;
  };
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof AppError || (error as NodeJS.ErrnoException).syscall === undefined) throw error;
      throw inWords(root, error as NodeJS.ErrnoException);
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

  const settle = async (): Promise<void> => {
    const batch = [...waiting];
    if (batch.length === 0) return;
    await syncAll(
      root,
      batch.map(([, draft]) => draft),
    );
    const folders = new Set<string>();
    for (const [name, draft] of batch) {
      const path = locate(name);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await rename(draft, path);
      folders.add(dirname(path));
      waiting.delete(name);
    }
    waitingBytes = 0;
    await syncAll(root, [...folders]);
  };
  let settling: Promise<void> = Promise.resolve();
  const flush = (): Promise<void> => (settling = settling.catch(() => undefined).then(() => guarded(settle)));

  const store = async (draft: string, content: AsyncIterable<Uint8Array>): Promise<number> => {
    const file = await open(draft, 'wx', 0o600);
    let size = 0;
    try {
      for await (const part of content) {
        await file.writeFile(part);
        size += part.length;
      }
      return size;
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    } finally {
      await file.close();
    }
  };

  return {
    async has(name) {
      if (waiting.has(name)) return true;
      return access(locate(name)).then(
        () => true,
        () => false,
      );
    },
    async *list(prefix) {
      const walk = async function* (path: string): AsyncGenerator<{ name: string; sizeBytes: number }> {
        for (const entry of await readdir(path, { withFileTypes: true }).catch(() => [])) {
          const full = join(path, entry.name);
          if (entry.name === INCOMING) continue;
          if (entry.isDirectory()) yield* walk(full);
          else if (entry.isFile()) yield { name: relative(root, full).split(sep).join('/'), sizeBytes: (await stat(full)).size };
        }
      };
      await guarded(() => access(root));
      yield* walk(prefix === '' ? root : locate(prefix));
    },
    async write(name, content) {
      const draft = join(await prepare(), randomUUID());
      const size = await guarded(() => store(draft, content));
      waiting.set(name, draft);
      waitingBytes += size;
      if (waitingBytes > FLUSH_BYTES || waiting.size > FLUSH_CONTENTS) await flush();
      return size;
    },
    flush,
    async read(name) {
      if (waiting.has(name)) await flush();
      const path = locate(name);
      await guarded(() => access(root));
      await access(path).catch((cause: unknown) => {
        throw new AppError('not_found', { message: `A part of the backup is missing in ${root} (${name}).`, cause });
      });
      return createReadStream(path);
    },
    remove: (name) => guarded(() => rm(locate(name), { force: true })),
    async freeBytes() {
      return guarded(async () => {
        const { bavail, bsize } = await statfs(root);
        return bavail * bsize;
      });
    },
  };
};
