import { createHash, createHmac } from 'node:crypto';
import type { BackupTarget } from '#clients';
import { AppError } from '#kit';
import { decrypt, encrypt } from './age-file.ts';
import { pack, unpack } from './compression.ts';

/** A content as a manifest names it. */
export interface Kept {
  /** Of the plain content, hex. */
  sha256: string;
  sizeBytes: number;
}

interface Needs {
  target: BackupTarget;
  namingKey: Uint8Array;
}

const FOLDER = 'contents';

/** Where a content lies in a target. */
export const contentName = (namingKey: Uint8Array, sha256: string): string => {
  const name = createHmac('sha256', namingKey).update(sha256).digest('hex');
  return `${FOLDER}/${name.slice(0, 2)}/${name}`;
};

/** Stores contents by their hash, each once ever, packed and encrypted. Counts what it had to write. */
export const createContentWriter = ({ target, namingKey, recipients }: Needs & { recipients: readonly string[] }) => {
  const written = { bytes: 0, contents: 0 };
  return {
    written,
    /** Stores the content that `open` reads, unless it is there already. */
    async keep({ sha256 }: Kept, open: () => AsyncIterable<Uint8Array> | Promise<AsyncIterable<Uint8Array>>): Promise<void> {
      const name = contentName(namingKey, sha256);
      if (await target.has(name)) return;
      written.bytes += await target.write(name, encrypt(pack(await open()), recipients));
      written.contents += 1;
    },
  };
};
export type ContentWriter = ReturnType<typeof createContentWriter>;

/** Reads contents back; each is checked against its hash and size. */
export const createContentReader = ({ target, namingKey, identities }: Needs & { identities: readonly string[] }) => ({
  /** The plain content. The last part comes only if the whole is right. Errors: `not_found`, `backup_damaged`, `recovery_key_wrong`. */
  async *read({ sha256, sizeBytes }: Kept): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256');
    let size = 0;
    let held: Uint8Array | undefined;
    for await (const part of unpack(decrypt(await target.read(contentName(namingKey, sha256)), identities))) {
      if (held) yield held;
      hash.update(part);
      size += part.length;
      held = part;
    }
    if (size !== sizeBytes || hash.digest('hex') !== sha256)
      throw new AppError('backup_damaged', { message: 'A part of this backup holds something else than its list says. Use another backup, or another copy of this one.' });
    if (held) yield held;
  },
});
export type ContentReader = ReturnType<typeof createContentReader>;
