import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError, isAppError } from '#kit';
import { createS3Bucket, type S3Options } from '../object-store/s3-bucket.ts';
import type { S3Target } from '../object-store/s3-target.ts';
import type { BackupTarget } from './backup-target.ts';
import { clearAbandoned } from './clear-abandoned.ts';

interface Options extends S3Options {
  target: S3Target;
  /** Where contents wait on this machine until they are whole: S3 wants a length before the first byte. */
  draftsDir: string;
}

export interface S3BackupTarget extends BackupTarget {
  /** Makes the bucket when it is not there. Errors: `backup_target_away`. */
  ensure(): Promise<void>;
  close(): void;
}

/** A bucket of an S3 server. What the server took is safe and seen at once, so that there is nothing to flush. */
export const createS3BackupTarget = ({ target, draftsDir, ...options }: Options): S3BackupTarget => {
  const bucket = createS3Bucket(target, options);
  const keyOf = (name: string): string => `${target.prefix}${name}`;
  const where = `${target.endPoint}:${target.port}/${target.bucket}`;
  const inWords = async <T>(work: Promise<T>): Promise<T> =>
    work.catch((cause: unknown) => {
      if (isAppError(cause, 'part_away'))
        throw new AppError('backup_target_away', {
          message: `The place for backups at ${where} does not answer or refuses. Check its address and its keys.`,
          cause,
        });
      throw cause;
    });

  /** All names that are there, read once: asking for each of ten thousand contents would take minutes. */
  let known: Promise<Set<string>> | undefined;
  const names = (): Promise<Set<string>> =>
    (known ??= inWords(
      (async () => {
        const found = new Set<string>();
        for await (const { key } of bucket.list(target.prefix)) found.add(key.slice(target.prefix.length));
        return found;
      })(),
    ).catch((error: unknown) => {
      known = undefined;
      throw error;
    }));

  let prepared: Promise<void> | undefined;
  const prepare = async (): Promise<void> => {
    await mkdir(draftsDir, { recursive: true, mode: 0o700 });
    await clearAbandoned(draftsDir);
  };

  return {
    ensure: () => inWords(bucket.ensure()),
    close: () => bucket.close(),
    has: async (name) => (await names()).has(name),
    async *list(prefix) {
      try {
        for await (const { key, sizeBytes } of bucket.list(keyOf(prefix))) yield { name: key.slice(target.prefix.length), sizeBytes };
      } catch (error) {
        await inWords(Promise.reject(error as Error));
      }
    },
    async write(name, content) {
      await (prepared ??= prepare().catch((error: unknown) => {
        prepared = undefined;
        throw error;
      }));
      const draft = join(draftsDir, randomUUID());
      try {
        await pipeline(content, createWriteStream(draft, { mode: 0o600 })).catch((cause: NodeJS.ErrnoException) => {
          if (cause.code !== 'ENOSPC') throw cause;
          throw new AppError('disk_full', {
            message: `The disk of ${draftsDir} is full, where contents wait on their way to ${where}. Free some space.`,
            cause,
          });
        });
        const { size } = await stat(draft);
        await inWords(bucket.putFile(keyOf(name), draft));
        (await names()).add(name);
        return size;
      } finally {
        await rm(draft, { force: true });
      }
    },
    flush: () => Promise.resolve(),
    read: (name) =>
      inWords(bucket.read(keyOf(name))).catch((cause: unknown) => {
        if (isAppError(cause, 'not_found')) throw new AppError('not_found', { message: `A part of the backup is missing in ${where} (${name}).`, cause });
        throw cause;
      }),
    async remove(name) {
      await inWords(bucket.remove(keyOf(name)));
      (await known)?.delete(name);
    },
    freeBytes: () => Promise.resolve(null),
  };
};
