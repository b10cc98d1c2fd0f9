import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { pack, unpack } from './compression.ts';
import { boxKeysOf, keyOfWords, makeRecoveryWords, vouchFor } from './keys.ts';
import { readManifest, writeManifest, type Manifest } from './manifest.ts';
import { segmentsOf } from './segments.ts';

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}
const gather = async (source: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const parts: Uint8Array[] = [];
  for await (const part of source) parts.push(part);
  return Buffer.concat(parts);
};

describe('segments of rows', () => {
  const rows = Array.from({ length: 40_000 }, (_, n) => `${n}\t${'x'.repeat(80 + (n % 50))}\n`);
  const cut = async (text: string, size = 65_536) => {
    const segments: string[] = [];
    for await (const { bytes, rows: count } of segmentsOf(pieces(Buffer.from(text), size))) {
      expect(bytes.toString().split('\n').length - 1).toBe(count);
      segments.push(bytes.toString());
    }
    return segments;
  };

  test('are whole rows, and all of them, however they arrive', async () => {
    const segments = await cut(rows.join(''));
    expect(segments.join('')).toBe(rows.join(''));
    expect(segments.length).toBeGreaterThan(3);
    expect(await cut(rows.join(''), 777)).toEqual(segments);
  });

  test('a row in the middle changes its own segment alone', async () => {
    const before = new Set(await cut(rows.join('')));
    const changed = rows.toSpliced(20_000, 1, 'another\trow\n');
    const after = await cut(changed.join(''));
    expect(after.filter((segment) => !before.has(segment)).length).toBeLessThanOrEqual(2);
  });
});

describe('packing', () => {
  test.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('the same words again and again '.repeat(20_000))],
    ['noise', randomBytes(300_000)],
  ])('%s comes back', async (_what, bytes) => {
    const packed = await gather(pack(pieces(bytes, 50_000)));
    expect(packed.length).toBeLessThanOrEqual(bytes.length + 1);
    expect(Buffer.compare(await gather(unpack(pieces(packed, 999))), bytes)).toBe(0);
  });

  test('what a newer release packed is refused by a sentence', async () => {
    await expect(gather(unpack(pieces(Buffer.from([9, 1, 2]), 10)))).rejects.toMatchObject({ code: 'backup_damaged' });
  });
});

describe('the recovery key', () => {
  test('24 words are read back whatever their spaces and letters', () => {
    const words = makeRecoveryWords();
    expect(words.split(' ')).toHaveLength(24);
    expect(keyOfWords(`  ${words.toUpperCase().replaceAll(' ', ' \n ')}`)).toEqual(keyOfWords(words));
  });

  test.each([
    [(words: string[]) => words.slice(1), 'these are 23'],
    [(words: string[]) => ['arasul', ...words.slice(1)], '“arasul” is not a word'],
  ])('what is wrong with words is said', (change, message) => {
    expect(() => keyOfWords(change(makeRecoveryWords().split(' ')).join(' '))).toThrow(message);
  });
});

describe('the list of contents', () => {
  const box = boxKeysOf(Buffer.alloc(32, 1));
  const words = makeRecoveryWords();
  const manifest: Manifest = {
    format: 1,
    id: '20261101T000000Z-aaaaaa',
    boxName: 'Arasul',
    version: '1.0.0',
    architecture: 'x64',
    reason: 'person',
    takenAt: '2026-11-01T00:00:00.000Z',
    tookMs: 1,
    migrations: ['0001_a'],
    tables: [],
    sequences: [],
    objects: [],
    secrets: [],
    models: { names: [], files: [] },
    missing: [],
    counts: { documents: 0, conversations: 0, people: 0, rows: 0, bytes: 0, newBytes: 0 },
    keys: { naming: '', contents: '' },
  };
  const write = async (of: Manifest = manifest) => {
    const { recipientOf } = await import('./keys.ts');
    const key = keyOfWords(words);
    const recovery = { recipient: await recipientOf(key), vouch: vouchFor(key, box.signer.publicKey), createdAt: '' };
    return gather(writeManifest(of, { box, recovery }));
  };

  test('opens with the box and with the words', async () => {
    const file = await write();
    expect(await readManifest(pieces(file, 100), { boxKey: Buffer.alloc(32, 1) })).toEqual(manifest);
    expect(await readManifest(pieces(file, 100), { words })).toEqual(manifest);
    await expect(readManifest(pieces(file, 100), { words: makeRecoveryWords() })).rejects.toMatchObject({ code: 'recovery_key_wrong' });
  });

  test('one that a stranger made for these recipients is refused: the holder of the words knows who may sign', async () => {
    const { recipientOf } = await import('./keys.ts');
    const stranger = boxKeysOf(Buffer.alloc(32, 2));
    const recovery = { recipient: await recipientOf(keyOfWords(words)), vouch: vouchFor(keyOfWords(words), box.signer.publicKey), createdAt: '' };
    const forged = await gather(writeManifest(manifest, { box: { ...stranger, recipient: box.recipient }, recovery }));
    await expect(readManifest(pieces(forged, 100), { words })).rejects.toMatchObject({ code: 'backup_damaged', message: expect.stringContaining('stranger') });
    await expect(readManifest(pieces(forged, 100), { boxKey: Buffer.alloc(32, 1) })).rejects.toMatchObject({ code: 'backup_damaged' });
  });

  test('one of a newer format says that the box must be updated', async () => {
    await expect(readManifest(pieces(await write({ ...manifest, format: 99 }), 100), { words })).rejects.toMatchObject({ code: 'backup_too_new' });
  });
});
