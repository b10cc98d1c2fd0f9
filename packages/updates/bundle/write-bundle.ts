import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import type { ReleaseManifest } from '#contracts';
import { canonicalJson } from '../tuf/canonical.ts';
import type { BundleMetadata } from '../tuf/verify.ts';
import { entryKind, MANIFEST_ENTRY, objectEntry, roleEntry, rootEntry } from './names.ts';
import { readEntries, wholeEntry } from './read-entries.ts';
import { BLOCK, paddingOf, tarHeader } from './tar-header.ts';

/** Where a file's bytes are, by their hash. */
export type ObjectSource = (sha256: string) => string;

const CHUNK = 1 << 20;

/** `release.json` as it stands in a bundle. */
export const manifestBytes = (manifest: ReleaseManifest): Buffer => Buffer.from(canonicalJson(manifest));

const put = async (out: FileHandle, name: string, bytes: Uint8Array): Promise<void> => {
  await out.write(tarHeader(name, bytes.byteLength));
  await out.write(bytes);
  await out.write(Buffer.alloc(paddingOf(bytes.byteLength)));
};

const putFile = async (out: FileHandle, { sha256, size }: { sha256: string; size: number }, path: string): Promise<void> => {
  await out.write(tarHeader(objectEntry(sha256), size));
  const hash = createHash('sha256');
  let written = 0;
  for await (const part of createReadStream(path, { highWaterMark: CHUNK }) as AsyncIterable<Buffer>) {
    hash.update(part);
    written += part.length;
    await out.write(part);
  }
  if (written !== size || hash.digest('hex') !== sha256) throw new Error(`${path} changed while it was packed; begin again when nothing writes there.`);
  await out.write(Buffer.alloc(paddingOf(size)));
};

/** Writes aside, then moves into place when it is whole and on the disk. */
const writeAside = async (file: string, work: (out: FileHandle) => Promise<void>): Promise<void> => {
  const aside = `${file}.part`;
  const out = await open(aside, 'w');
  try {
    await work(out);
    await out.write(Buffer.alloc(2 * BLOCK));
    await out.sync();
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  } finally {
    await out.close();
  }
  await rename(aside, file);
};

interface WriteOptions {
  manifest: ReleaseManifest;
  objectAt: ObjectSource;
  /** Objects that the receiver has: a delta. */
  without?: ReadonlySet<string>;
}

/** Writes an unsigned bundle: `release.json` and the files that it names, each once, by hash. Equal input gives equal bytes. */
export const writeBundle = (file: string, { manifest, objectAt, without = new Set() }: WriteOptions): Promise<void> =>
  writeAside(file, async (out) => {
    await put(out, MANIFEST_ENTRY, manifestBytes(manifest));
    const objects = new Map(manifest.files.map(({ sha256, size }) => [sha256, size]));
    for (const sha256 of [...objects.keys()].filter((hash) => !without.has(hash)).sort())
      await putFile(out, { sha256, size: objects.get(sha256)! }, objectAt(sha256));
  });

/** Reads `release.json` of a bundle without checking anything: for who makes it. */
export const peekManifest = async (file: string): Promise<Buffer> => {
  for await (const entry of readEntries(createReadStream(file, { highWaterMark: CHUNK }))) {
    const bytes = entry.kind.kind === 'object' ? null : await wholeEntry(entry);
    if (entry.kind.kind === 'manifest' && bytes) return bytes;
    if (bytes === null) break;
  }
  throw new Error(`${file} holds no ${MANIFEST_ENTRY}; it is no bundle of a release.`);
};

/** Puts metadata in front of a bundle, in place of what was there. */
export const signBundleFile = (from: string, to: string, { roots, timestamp, snapshot, targets }: BundleMetadata): Promise<void> =>
  writeAside(to, async (out) => {
    for (const [version, bytes] of [...roots].sort(([a], [b]) => a - b)) await put(out, rootEntry(version), bytes);
    await put(out, roleEntry('timestamp'), timestamp);
    await put(out, roleEntry('snapshot'), snapshot);
    await put(out, roleEntry('targets'), targets);
    for await (const entry of readEntries(createReadStream(from, { highWaterMark: CHUNK }))) {
      const isMetadata = entryKind(entry.name)!.order < 4;
      if (!isMetadata) await out.write(tarHeader(entry.name, entry.size));
      for await (const part of entry.content()) if (!isMetadata) await out.write(part);
      if (!isMetadata) await out.write(Buffer.alloc(paddingOf(entry.size)));
    }
  });
