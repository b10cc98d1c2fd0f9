import { randomBytes } from 'node:crypto';
import { Decrypter, Encrypter } from 'age-encryption';
import { describe, expect, test } from 'vitest';
import { decrypt, encrypt } from './age-file.ts';
import { identityOf, recipientOf } from './keys.ts';

const key = Buffer.alloc(32, 7);
const identity = identityOf(key);

async function* pieces(bytes: Uint8Array, size = 10_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}
const gather = async (source: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const parts: Uint8Array[] = [];
  for await (const part of source) parts.push(part);
  return Buffer.concat(parts);
};
const sealed = async (bytes: Uint8Array): Promise<Buffer> => gather(encrypt(pieces(bytes), [await recipientOf(key)]));

// At, below and above the chunk of the format.
const SIZES = [0, 1, 65_535, 65_536, 65_537, 131_072, 200_001];

describe('files of the age format', () => {
  test.each(SIZES)('%i bytes of ours are opened by the library', async (size) => {
    const bytes = randomBytes(size);
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    expect(Buffer.compare(Buffer.from(await decrypter.decrypt(await sealed(bytes))), bytes)).toBe(0);
  });

  test.each(SIZES)('%i bytes of the library are opened by ours', async (size) => {
    const bytes = randomBytes(size);
    const encrypter = new Encrypter();
    encrypter.addRecipient(await recipientOf(key));
    const file = Buffer.from(await encrypter.encrypt(bytes));
    expect(Buffer.compare(await gather(decrypt(pieces(file, 7_777), [identity])), bytes)).toBe(0);
  });

  test('another key is told from damage', async () => {
    const file = await sealed(randomBytes(100));
    await expect(gather(decrypt(pieces(file), [identityOf(Buffer.alloc(32, 8))]))).rejects.toMatchObject({ code: 'recovery_key_wrong' });
  });

  test('a bit that flipped anywhere is found', async () => {
    const file = await sealed(randomBytes(70_000));
    for (let n = 0; n < 200; n += 1) {
      const at = Math.floor((file.length * n) / 200);
      const changed = Buffer.from(file);
      changed[at]! ^= 1 << (n % 8);
      const code = await gather(decrypt(pieces(changed), [identity])).then(
        () => 'opened',
        (error: { code?: string }) => error.code,
      );
      // In the stanza itself a changed bit reads as one that is for somebody else.
      expect(['backup_damaged', 'recovery_key_wrong'], `byte ${at}`).toContain(code);
    }
  });

  test('one that is cut off anywhere is found, also between chunks', async () => {
    const file = await sealed(randomBytes(140_000));
    const headerEnd = file.length - 140_000 - 3 * 16;
    for (const length of [0, 10, headerEnd, headerEnd + 65_552, headerEnd + 2 * 65_552, file.length - 1]) {
      await expect(gather(decrypt(pieces(file.subarray(0, length)), [identity])), `${length} bytes`).rejects.toMatchObject({ code: 'backup_damaged' });
    }
  });
});
