import { UnreadableDocument } from '../format.ts';

/** What a container may hold. Decided from its directory, before a single byte of it is unpacked. */
export interface ZipLimits {
  readonly maxEntries: number;
  /** Bytes of all entries together, unpacked. */
  readonly maxTotalBytes: number;
  /** Unpacked bytes for each packed one. Deflate's own limit is 1,032; office files full of equal cells reach 100. */
  readonly maxRatio: number;
}

export interface ZipEntryFacts {
  readonly name: string;
  readonly compressedSize: number;
  readonly uncompressedSize: number;
  readonly offset: number;
}

/** A small file may be as repetitive as it likes. */
const RATIO_MATTERS_BYTES = 64 * 2 ** 20;

export const officeLimits: ZipLimits = { maxEntries: 20_000, maxTotalBytes: 2 ** 30, maxRatio: 250 };
export const archiveLimits: ZipLimits = { maxEntries: 10_000, maxTotalBytes: 4 * 2 ** 30, maxRatio: 250 };

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6).toLocaleString('en')} MB`;
const unsafe = (message: string): never => {
  throw new UnreadableDocument('document_unsafe', message);
};

/** Refuses a container that holds, or says that it holds, too many files: before anything is made for each of them. Throws `document_unsafe`. */
export const requireFew = ({ maxEntries }: ZipLimits, entries: number): void => {
  if (entries > maxEntries) unsafe(`It holds more than ${maxEntries.toLocaleString('en')} files. Pack fewer into one file and upload that.`);
};

/**
 * Refuses a container whose directory announces more than a box should unpack, or that cannot be true. `sizeBytes` is the
 * container's own size. Throws `document_unsafe`, with the numbers.
 */
export const requireWithin = (limits: ZipLimits, sizeBytes: number, entries: readonly ZipEntryFacts[]): void => {
  requireFew(limits, entries.length);
  const total = entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0);
  if (total > limits.maxTotalBytes)
    unsafe(`Unpacked it would have ${megabytes(total)}; up to ${megabytes(limits.maxTotalBytes)} are unpacked. Pack less into one file and upload that.`);
  for (const { name, compressedSize, uncompressedSize } of entries) {
    if (uncompressedSize > RATIO_MATTERS_BYTES && uncompressedSize > limits.maxRatio * Math.max(1, compressedSize))
      unsafe(
        `“${name.slice(0, 80)}” in it would grow ${Math.round(uncompressedSize / Math.max(1, compressedSize))}-fold to ${megabytes(uncompressedSize)}, as only a zip bomb does. It was not unpacked.`,
      );
  }
  if (total > RATIO_MATTERS_BYTES && total > limits.maxRatio * sizeBytes)
    unsafe(`It would grow ${Math.round(total / sizeBytes)}-fold to ${megabytes(total)}, as only a zip bomb does. It was not unpacked.`);
  // Entries that share their bytes: a few kilobytes that stand for as many gigabytes.
  const inOrder = [...entries].sort((a, b) => a.offset - b.offset);
  for (const [at, entry] of inOrder.entries()) {
    const next = inOrder[at + 1];
    if (next !== undefined && entry.offset + entry.compressedSize > next.offset && entry.compressedSize > 0)
      unsafe('Files in it overlap one another, as only a zip bomb’s do. It was not unpacked.');
  }
};
