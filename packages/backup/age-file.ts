import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Decrypter, Encrypter } from 'age-encryption';
import { AppError } from '#kit';

/**
 * Files in the age format (age-encryption.org/v1). The library makes and opens the headers, where the secrets are; the payload, where
 * the bytes are, goes through Node's own ChaCha20-Poly1305: 373 MB/s instead of 30 MB/s on one core (docs/adr/0080).
 */
const CHUNK_BYTES = 64 * 1024;
const TAG_BYTES = 16;
const NONCE_BYTES = 16;
const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;
const HEADER_END = Buffer.from('\n--- ');
/** Headers of a few recipients have some hundred bytes; whoever sends more sends something else. */
const HEADER_MAX_BYTES = 64 * 1024;

type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

const payloadKey = (fileKey: Uint8Array, nonce: Uint8Array): Buffer => Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', 32));

/** The counter (11 bytes, big-endian) and a last byte that says whether this is the last chunk. */
const chunkNonce = (index: number, isLast: boolean): Buffer => {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(BigInt(index), 3);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
};

/** Cuts a stream into pieces of exactly `size` bytes; the last is shorter, or empty where there is nothing at all. */
async function* piecesOf(source: Bytes, size: number): AsyncGenerator<{ piece: Buffer; isLast: boolean }> {
  let held: Buffer[] = [];
  let length = 0;
  for await (const part of source) {
    held.push(Buffer.from(part.buffer, part.byteOffset, part.byteLength));
    length += part.byteLength;
    if (length <= size) continue; // the last piece is known by the end that follows it
    const all = Buffer.concat(held);
    let from = 0;
    for (; all.length - from > size; from += size) yield { piece: all.subarray(from, from + size), isLast: false };
    held = [all.subarray(from)];
    length = all.length - from;
  }
  yield { piece: Buffer.concat(held), isLast: true };
}

/** A file key with its header, for several files. */
export interface AgeHeader {
  header: Buffer;
  fileKey: Uint8Array;
}

/** Makes a header: 12 ms of elliptic curves. Whoever writes thousands of small files shares one. */
export const makeHeader = async (recipients: readonly string[]): Promise<AgeHeader> => {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  let fileKey: Uint8Array | undefined;
  encrypter.addRecipient({
    wrapFileKey(key) {
      fileKey = Uint8Array.from(key);
      return []; // it only looks on
    },
  });
  const empty = Buffer.from(await encrypter.encrypt(new Uint8Array()));
  return { header: empty.subarray(0, empty.length - TAG_BYTES - NONCE_BYTES), fileKey: fileKey! };
};

/** `source` as an age file for `recipients` (`age1…`), or under a header made before, chunk by chunk. Each file's key follows from a nonce of its own. */
export async function* encrypt(source: Bytes, recipients: readonly string[] | AgeHeader): AsyncGenerator<Buffer> {
  const { header, fileKey } = 'header' in recipients ? recipients : await makeHeader(recipients);
  const nonce = randomBytes(NONCE_BYTES);
  const key = payloadKey(fileKey, nonce);
  yield Buffer.concat([header, nonce]);
  let index = 0;
  for await (const { piece, isLast } of piecesOf(source, CHUNK_BYTES)) {
    const cipher = createCipheriv('chacha20-poly1305', key, chunkNonce(index, isLast), { authTagLength: TAG_BYTES });
    yield Buffer.concat([cipher.update(piece), cipher.final(), cipher.getAuthTag()]);
    index += 1;
  }
}

const damaged = (what: string, cause?: unknown) =>
  new AppError('backup_damaged', {
    message: `A part of this backup is not what was written (${what}). Use another backup, or another copy of this one.`,
    cause,
  });

/** Reads the header and the nonce; resolves with them and with what came after. */
const readHeader = async (source: AsyncIterator<Uint8Array>): Promise<{ header: Buffer; nonce: Buffer; rest: Buffer }> => {
  let bytes = Buffer.alloc(0);
  for (;;) {
    const end = bytes.indexOf(HEADER_END);
    const line = end < 0 ? -1 : bytes.indexOf('\n', end + HEADER_END.length);
    if (line >= 0 && bytes.length >= line + 1 + NONCE_BYTES)
      return { header: bytes.subarray(0, line + 1), nonce: bytes.subarray(line + 1, line + 1 + NONCE_BYTES), rest: bytes.subarray(line + 1 + NONCE_BYTES) };
    if (bytes.length > HEADER_MAX_BYTES) throw damaged('it does not begin as an encrypted file');
    const next = await source.next();
    if (next.done) throw damaged('it ends within its beginning');
    bytes = Buffer.concat([bytes, next.value]);
  }
};

async function* chain(first: Uint8Array, source: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  for (let next = await source.next(); !next.done; next = await source.next()) yield next.value;
}

const openHeader = async (header: Buffer, identities: readonly string[]): Promise<Uint8Array> => {
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  return decrypter.decryptHeader(header).catch((cause: unknown) => {
    if (/no identity matched/i.test(String(cause)))
      throw new AppError('recovery_key_wrong', { message: 'This key does not open this backup: it was made for another box or another recovery key.', cause });
    throw damaged('its beginning was changed', cause);
  });
};

/**
 * What an age file holds, chunk by chunk; each is whole and genuine when it is given out.
 * `opened` remembers headers that several files share. Errors: `recovery_key_wrong` when none of `identities` opens it, `backup_damaged`.
 */
export async function* decrypt(
  source: AsyncIterable<Uint8Array>,
  identities: readonly string[],
  opened = new Map<string, Uint8Array>(),
): AsyncGenerator<Buffer> {
  const iterator = source[Symbol.asyncIterator]();
  const { header, nonce, rest } = await readHeader(iterator);
  const known = header.toString('latin1');
  const fileKey = opened.get(known) ?? (await openHeader(header, identities));
  opened.set(known, fileKey);
  const key = payloadKey(fileKey, nonce);
  let index = 0;
  for await (const { piece, isLast } of piecesOf(chain(rest, iterator), SEALED_CHUNK_BYTES)) {
    if (piece.length < TAG_BYTES) throw damaged('it ends too early');
    const decipher = createDecipheriv('chacha20-poly1305', key, chunkNonce(index, isLast), { authTagLength: TAG_BYTES });
    decipher.setAuthTag(piece.subarray(piece.length - TAG_BYTES));
    const text = decipher.update(piece.subarray(0, piece.length - TAG_BYTES));
    try {
      decipher.final();
    } catch (cause) {
      throw damaged(isLast ? 'it is cut off or changed' : 'bytes were changed', cause);
    }
    yield text;
    index += 1;
  }
}
