import { createHash, createHmac } from 'node:crypto';
import type { BackupTarget } from '#clients';
import { AppError, isAppError } from '#kit';
import { decrypt, encrypt, makeHeader, type AgeHeader } from './age-file.ts';
import { pack, unpack } from './compression.ts';
import type { ContentKeys } from './keys.ts';

/** A content as a manifest names it. */
export interface Kept {
  /** Of the plain content, hex. */
  sha256: string;
  sizeBytes: number;
}

type Bytes = AsyncIterable<Uint8Array>;

export const CONTENTS = 'contents';

/** Where a content lies in a target. */
export const contentName = ({ namingKey }: Pick<ContentKeys, 'namingKey'>, sha256: string): string => {
  const name = createHmac('sha256', namingKey).update(sha256).digest('hex');
  return `${CONTENTS}/${name.slice(0, 2)}/${name}`;
};

const othersThanListed = () =>
  new AppError('backup_damaged', {
    message: 'A part of this backup holds something else than its list says. Use another backup, or another copy of this one.',
  });

/** Passes bytes on; throws after the last but one part when they are not those of `kept`, so that whoever reads never has the whole of a wrong content. */
async function* checked(source: Bytes, { sha256, sizeBytes }: Kept, wrong: () => Error): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let size = 0;
  let held: Uint8Array | undefined;
  for await (const part of source) {
    if (held) yield held;
    hash.update(part);
    size += part.length;
    held = part;
  }
  if (size !== sizeBytes || hash.digest('hex') !== sha256) throw wrong();
  if (held) yield held;
}

/** The source of a content is not what its name says: bytes that rotted on a disk, or a file that was changed by hand. */
export class ChangedSource extends Error {}

interface WriterNeeds {
  target: Pick<BackupTarget, 'has' | 'write'>;
  keys: Pick<ContentKeys, 'namingKey'>;
  /** `age1…` of the contents' key. */
  recipient: string;
  /** Told of bytes that went into the target, before they are written. */
  onBytes?: (bytes: number) => Promise<void> | void;
}

async function* watched(source: Bytes, onBytes: WriterNeeds['onBytes']): AsyncGenerator<Uint8Array> {
  for await (const part of source) {
    await onBytes?.(part.length);
    yield part;
  }
}

/** Stores contents by their hash, each once ever, packed and encrypted. Counts what it had to write. */
export const createContentWriter = ({ target, keys, recipient, onBytes }: WriterNeeds) => {
  const written = { bytes: 0, contents: 0 };
  let header: Promise<AgeHeader> | undefined;
  return {
    written,
    /** Stores the content that `open` reads, unless it is there already. Errors: `ChangedSource`, and the target's and the source's own. */
    async keep(kept: Kept, open: () => Bytes | Promise<Bytes>): Promise<void> {
      const name = contentName(keys, kept.sha256);
      if (await target.has(name)) return;
      const source = checked(await open(), kept, () => new ChangedSource());
      written.bytes += await target.write(name, watched(encrypt(pack(source), await (header ??= makeHeader([recipient]))), onBytes));
      written.contents += 1;
    },
  };
};
export type ContentWriter = ReturnType<typeof createContentWriter>;

/** Reads contents back; each is checked against its hash and size. */
export const createContentReader = ({ target, keys }: { target: Pick<BackupTarget, 'read'>; keys: ContentKeys }) => {
  const opened = new Map<string, Uint8Array>();
  return {
    /** The plain content. The last part comes only if the whole is right. Errors: `backup_damaged`, `backup_target_away`. */
    async *read(kept: Kept): AsyncGenerator<Uint8Array> {
      try {
        yield* checked(unpack(decrypt(await target.read(contentName(keys, kept.sha256)), [keys.identity], opened)), kept, othersThanListed);
      } catch (cause) {
        if (isAppError(cause, 'not_found'))
          throw new AppError('backup_damaged', { message: 'A part of this backup is missing. Use another backup, or another copy of this one.', cause });
        // The key of the contents is in the list, which opened: a header that it does not open was changed.
        if (isAppError(cause, 'recovery_key_wrong')) throw othersThanListed();
        throw cause;
      }
    },
  };
};
export type ContentReader = ReturnType<typeof createContentReader>;
