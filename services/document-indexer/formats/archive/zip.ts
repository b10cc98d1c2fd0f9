import type { Readable } from 'node:stream';
import { fromFdPromise, type Entry } from 'yauzl';
import { UnreadableDocument, type Source } from '../format.ts';
import { requireFew, requireWithin, type ZipLimits } from './zip-limits.ts';

export interface ZipEntry {
  /** As the directory says, with forward slashes; never absolute, never with `..`. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly isEncrypted: boolean;
}

/** A zip container whose directory was read and found harmless. */
export interface Zip {
  /** Files, without folders, in the order of the directory. */
  readonly entries: readonly ZipEntry[];
  has(name: string): boolean;
  /** An entry's bytes as they are unpacked; they cannot be more than the directory said. Throws `document_broken` for what is not there. */
  stream(name: string): Promise<Readable>;
  /** A small entry whole. */
  bytes(name: string): Promise<Uint8Array>;
}

/** An entry that is read whole is a list of relations, a manifest, a chapter. */
const MAX_WHOLE_BYTES = 64 * 2 ** 20;

const explain = (error: unknown): UnreadableDocument => {
  if (error instanceof UnreadableDocument) return error;
  const detail = error instanceof Error ? error.message.replace(/\.$/u, '') : String(error);
  if (/absolute path|invalid relative path|invalid characters in fileName/u.test(detail))
    return new UnreadableDocument(
      'document_unsafe',
      `It names a file outside of itself (${detail.slice(0, 160)}), as no honest program does. Nothing of it was unpacked.`,
      {
        cause: error,
      },
    );
  return new UnreadableDocument(
    'document_broken',
    `The file is damaged or cut off and cannot be unpacked (${detail}). Export or download it again and upload the new file.`,
    {
      cause: error,
    },
  );
};

/** Opens a zip container. Throws `document_unsafe` for what should not be unpacked and `document_broken` for what cannot be. */
export const openZip = async ({ fd, sizeBytes }: Source, limits: ZipLimits): Promise<Zip> => {
  const byName = new Map<string, Entry>();
  try {
    const zip = await fromFdPromise(fd, { autoClose: false, lazyEntries: true, validateEntrySizes: true });
    requireFew(limits, zip.entryCount);
    for await (const entry of zip.eachEntry()) if (!entry.fileName.endsWith('/')) byName.set(entry.fileName, entry);
    requireWithin(
      limits,
      sizeBytes,
      [...byName.values()].map((entry) => ({
        name: entry.fileName,
        compressedSize: entry.compressedSize,
        uncompressedSize: entry.uncompressedSize,
        offset: entry.relativeOffsetOfLocalHeader,
      })),
    );
    const stream = async (name: string): Promise<Readable> => {
      const entry = byName.get(name);
      if (entry === undefined)
        throw new UnreadableDocument('document_broken', `The file lacks its part “${name}”. Save it again with the program it comes from.`);
      return zip.openReadStreamPromise(entry).catch((error: unknown) => {
        throw explain(error);
      });
    };
    return {
      entries: [...byName.values()].map((entry) => ({ name: entry.fileName, sizeBytes: entry.uncompressedSize, isEncrypted: entry.isEncrypted() })),
      has: (name) => byName.has(name),
      stream,
      async bytes(name) {
        if ((byName.get(name)?.uncompressedSize ?? 0) > MAX_WHOLE_BYTES)
          throw new UnreadableDocument(
            'document_too_large',
            `Its part “${name}” is larger than ${MAX_WHOLE_BYTES / 2 ** 20} MB. Split the document and upload the parts.`,
          );
        const chunks: Uint8Array[] = [];
        try {
          for await (const chunk of await stream(name)) chunks.push(chunk as Uint8Array);
        } catch (error) {
          throw explain(error);
        }
        return Buffer.concat(chunks);
      },
    };
  } catch (error) {
    throw explain(error);
  }
};
