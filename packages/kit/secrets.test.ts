import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSecretBox } from './secret-box.ts';
import { readOrMakeSecret } from './secret-file.ts';

describe('secrets of a data folder', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'arasul-secrets-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('all who ask at once get the same, and nothing half-made is left', async () => {
    const secrets = await Promise.all(Array.from({ length: 20 }, () => readOrMakeSecret(folder, 'jwt-secret')));
    expect(new Set(secrets.map((secret) => secret.toString('hex'))).size).toBe(1);
    expect(secrets[0]).toHaveLength(32);
    expect(await readdir(join(folder, 'secrets'))).toEqual(['jwt-secret']);
    expect((await stat(join(folder, 'secrets', 'jwt-secret'))).mode & 0o777).toBe(0o600);
  });

  test('a damaged secret is told, not replaced: what it sealed would be lost', async () => {
    await writeFile(join(folder, 'secrets', 'master-key'), 'short');
    await expect(readOrMakeSecret(folder, 'master-key')).rejects.toThrow('Restore it');
  });
});

describe('a sealed secret', () => {
  const box = createSecretBox(randomBytes(32));

  test('opens again, looks different each time, and shows nothing', () => {
    const [first, second] = [box.seal('geheim', 'totp'), box.seal('geheim', 'totp')];
    expect(first).not.toBe(second);
    expect(Buffer.from(first, 'base64url').toString('latin1')).not.toContain('geheim');
    expect(box.open(first, 'totp')).toBe('geheim');
  });

  test('does not open when changed, for another purpose, or with another key', () => {
    const sealed = box.seal('geheim', 'totp');
    const changed = Buffer.from(sealed, 'base64url');
    changed[changed.length - 1]! ^= 1;
    expect(() => box.open(changed.toString('base64url'), 'totp')).toThrow();
    expect(() => box.open(sealed, 'telegram')).toThrow();
    expect(() => createSecretBox(randomBytes(32)).open(sealed, 'totp')).toThrow();
  });
});
