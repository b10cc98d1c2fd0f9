import { createWriteStream, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Attachment } from '../formats/format.ts';

/** One file of an archive; what is larger is no document but a disk image, a film, a bomb. */
const MAX_BYTES = 2 ** 30;

/**
 * Writes one file of a document into the scratch folder, under its number: a name out of an archive never becomes a path.
 * Returns the file, or in words why there is none; nothing for what is only looks.
 */
export const takeOut = async (attachment: Attachment, scratchDir: string, index: number): Promise<{ file?: string; problem?: string }> => {
  if (attachment.isFurniture === true) return {};
  if (attachment.isEncrypted === true) return { problem: 'it is locked with a password; unpack the archive and upload the file by itself' };
  if (attachment.sizeBytes > MAX_BYTES) return { problem: `it is larger than ${MAX_BYTES / 2 ** 20} MB` };
  const file = join(scratchDir, String(index));
  try {
    const bytes = (await attachment.stream?.()) ?? Readable.from([(await attachment.bytes?.()) ?? new Uint8Array()], { objectMode: false });
    await pipeline(bytes, createWriteStream(file, { mode: 0o600 }));
    return { file };
  } catch (error) {
    rmSync(file, { force: true });
    return { problem: error instanceof Error ? error.message.replace(/\.$/u, '') : String(error) };
  }
};
