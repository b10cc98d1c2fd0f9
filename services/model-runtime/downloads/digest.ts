import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** What a file must be: SHA-256, or git's own digest, which the hub gives for small files that are not stored as large ones. */
export type Digest = { kind: 'sha256'; hex: string } | { kind: 'git-sha1'; hex: string; sizeBytes: number };

/** A running digest of the kind that is expected. */
export const startDigest = (expected: Digest): Hash => {
  if (expected.kind === 'sha256') return createHash('sha256');
  return createHash('sha1').update(`blob ${expected.sizeBytes}\0`);
};

/** Feeds a file to a digest. */
export const feedFile = async (hash: Hash, path: string, signal?: AbortSignal): Promise<void> => {
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20, signal }) as AsyncIterable<Buffer>) hash.update(piece);
};

export const fileMatches = async (path: string, expected: Digest, signal?: AbortSignal): Promise<boolean> => {
  const hash = startDigest(expected);
  await feedFile(hash, path, signal);
  return hash.digest('hex') === expected.hex;
};
