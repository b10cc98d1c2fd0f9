import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { AppError } from '#kit';
import { createDiskSpace, diskFull, formatBytes, type DiskSpace } from './disk-space.ts';
import { pathOf, type ObjectStore, type ReceivedContent, type ReceiveOptions } from './object-store.ts';

/** Free space is looked at again after so many bytes: others fill the disk too. */
const CHECK_EVERY_BYTES = 16 * 2 ** 20;
/** Without an announced length, at least this much must be free. */
const UNANNOUNCED_BYTES = CHECK_EVERY_BYTES;
const INCOMING = 'incoming';
/** What is still in the incoming folder after so long belongs to a process that is gone. */
const ABANDONED_MS = 6 * 3_600_000;

interface Options {
  /** Made when missing. */
  readonly folder: string;
  readonly reserveBytes: () => number;
}

const isErrno = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code;

/** A rename is durable only once its folder is. */
const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const writeHashed = async (
  file: FileHandle,
  stream: AsyncIterable<Uint8Array>,
  space: DiskSpace,
  { maxBytes, expectedBytes = UNANNOUNCED_BYTES, signal }: ReceiveOptions,
) => {
  const hash = createHash('sha256');
  const promise = await space.reserve(Math.min(expectedBytes, maxBytes));
  let sizeBytes = 0;
  let checkAt = Math.max(expectedBytes, CHECK_EVERY_BYTES);
  try {
    for await (const chunk of stream) {
      signal?.throwIfAborted();
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes)
        throw new AppError('document_too_large', {
          message: `The file is larger than ${formatBytes(maxBytes)}, the most that this box takes. An administrator can raise the limit in the settings.`,
          details: { maxBytes },
        });
      if (sizeBytes > checkAt) {
        checkAt = sizeBytes + CHECK_EVERY_BYTES;
        (await space.reserve(CHECK_EVERY_BYTES)).release();
      }
      hash.update(chunk);
      await file.writeFile(chunk);
      promise.release(chunk.length);
    }
    await file.datasync();
    return { sha256: hash.digest('hex'), sizeBytes };
  } catch (error) {
    if (!isErrno(error, 'ENOSPC') && !isErrno(error, 'EDQUOT')) throw error;
    throw diskFull({ ...(await space.look()), neededBytes: Math.max(expectedBytes, sizeBytes) }, error);
  } finally {
    promise.release();
  }
};

/** Objects as files below `folder`, each named by the SHA-256 of its content. Uploads arrive beside them and are renamed when whole. */
export const createFsObjectStore = async ({ folder, reserveBytes }: Options): Promise<ObjectStore> => {
  const root = resolve(folder);
  const incoming = join(root, INCOMING);
  await mkdir(incoming, { recursive: true });
  const space = createDiskSpace({ folder: root, reserveBytes });

  for (const name of await readdir(incoming)) {
    const file = join(incoming, name);
    const found = await stat(file).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > ABANDONED_MS) await rm(file, { force: true });
  }

  const locate = (path: string): string => {
    const file = resolve(root, path);
    if (!file.startsWith(root + sep)) throw new AppError('not_found', { message: 'There is no such object.' });
    return file;
  };

  const place = async (temporary: string, path: string): Promise<string> => {
    const target = locate(path);
    await mkdir(dirname(target), { recursive: true });
    await rename(temporary, target);
    await syncFolder(dirname(target));
    return path;
  };

  const localFile = async (path: string): Promise<string> => {
    const file = locate(path);
    await access(file).catch((cause: unknown) => {
      throw new AppError('not_found', { message: 'The original file of this document is missing from the object store.', cause });
    });
    return file;
  };

  return {
    async receive(stream, options): Promise<ReceivedContent> {
      const temporary = join(incoming, randomUUID());
      const file = await open(temporary, 'wx', 0o600);
      try {
        const content = await writeHashed(file, stream, space, options);
        await file.close();
        return { ...content, keep: () => place(temporary, pathOf(content.sha256)), discard: () => rm(temporary, { force: true }) };
      } catch (error) {
        await file.close().catch(() => undefined);
        await rm(temporary, { force: true });
        throw error;
      }
    },
    async read(path, range) {
      return createReadStream(await localFile(path), range);
    },
    localFile,
    remove: (path) => rm(locate(path), { force: true }),
    async *list({ olderThanMs }) {
      for (const first of await readdir(root)) {
        if (first === INCOMING) continue;
        for (const second of await readdir(join(root, first))) {
          for (const name of await readdir(join(root, first, second))) {
            const found = await stat(join(root, first, second, name)).catch(() => undefined);
            if (found !== undefined && Date.now() - found.ctimeMs > olderThanMs) yield `${first}/${second}/${name}`;
          }
        }
      }
    },
    link: () => Promise.resolve(null),
    async requireSpace(bytes) {
      (await space.reserve(bytes)).release();
    },
  };
};
