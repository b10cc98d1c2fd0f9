import { basename } from 'node:path';
import { AppError } from '#kit';
import { trimCache } from './cache-trim.ts';
import { createFsObjectStore } from './fs-object-store.ts';
import { pathOf, type ObjectStore } from './object-store.ts';
import { createS3Bucket, type S3Options } from './s3-bucket.ts';
import type { S3Target } from './s3-target.ts';

/** Copies on this machine, for parsers that read at will; what was used last stays. */
const CACHE_BYTES = 8 * 2 ** 30;
const PATH = /^[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{64}$/u;

interface Options extends S3Options {
  readonly target: S3Target;
  /** For uploads on their way and for copies; can be thrown away. */
  readonly folder: string;
  readonly reserveBytes: () => number;
  readonly cacheBytes?: number;
}

const missing = (): AppError => new AppError('not_found', { message: 'There is no such object.' });

/**
 * Objects in a bucket of any S3. An upload is hashed into a local file first, since its name is its hash and the parser needs a file anyway;
 * `keep` returns once the bucket has it. What is read as a file is copied here and checked against its name.
 */
export const createS3ObjectStore = async ({ target, folder, reserveBytes, cacheBytes = CACHE_BYTES, ...options }: Options): Promise<ObjectStore> => {
  const bucket = createS3Bucket(target, options);
  const cache = await createFsObjectStore({ folder, reserveBytes });
  await bucket.ensure();
  const keyOf = (path: string): string => {
    if (!PATH.test(path)) throw missing();
    return target.prefix + path;
  };
  const trim = () => trimCache(folder, cacheBytes);

  return {
    async receive(stream, receiving) {
      const content = await cache.receive(stream, receiving);
      const { sha256, sizeBytes, discard } = content;
      return {
        sha256,
        sizeBytes,
        discard,
        async keep() {
          const path = await content.keep();
          try {
            if ((await bucket.size(keyOf(path))) !== sizeBytes) await bucket.putFile(keyOf(path), await cache.localFile(path));
          } catch (error) {
            await cache.remove(path);
            throw error;
          }
          await trim();
          return path;
        },
      };
    },
    async read(path, range) {
      const key = keyOf(path);
      return cache.read(path, range).catch(() => bucket.read(key, range));
    },
    async localFile(path) {
      const key = keyOf(path);
      const copy = await cache.localFile(path).catch(() => null);
      if (copy !== null) return copy;
      const content = await cache.receive(await bucket.read(key), { maxBytes: Number.MAX_SAFE_INTEGER });
      if (pathOf(content.sha256) !== path) {
        await content.discard();
        throw new AppError('part_away', {
          message: `The object store gave something else than the original ${basename(path).slice(0, 12)}…. Check the store, then try again.`,
          details: { expected: basename(path), received: content.sha256 },
        });
      }
      await content.keep();
      await trim();
      return cache.localFile(path);
    },
    async remove(path) {
      const key = keyOf(path);
      await bucket.remove(key);
      await cache.remove(path);
    },
    async *list({ olderThanMs }) {
      for await (const { key, changedAt } of bucket.list(target.prefix)) {
        const path = key.slice(target.prefix.length);
        if (PATH.test(path) && Date.now() - changedAt > olderThanMs) yield path;
      }
    },
    requireSpace: cache.requireSpace,
    link: (path, { forMs, ...sent }) => bucket.presign(keyOf(path), Math.ceil(forMs / 1_000), sent),
  };
};
