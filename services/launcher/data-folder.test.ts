import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkDataFolder, makeDataFolder } from './data-folder.ts';

let parent: string;
beforeEach(() => (parent = mkdtempSync(join(tmpdir(), 'arasul-folder-'))));
afterEach(() => rmSync(parent, { recursive: true }));

describe('the data folder', () => {
  test('is refused on a disk that is nearly full, and nothing is made', () => {
    const path = join(parent, 'data');
    expect(() => checkDataFolder(path, { freeBytes: () => 12_000_000 })).toThrow(/nearly full: 12 MB free, and Arasul needs 1000 MB.*ARASUL_DATA_DIR/);
    expect(existsSync(path)).toBe(false);
  });

  test('that holds data needs far less room than a new one', () => {
    makeDataFolder(parent, '0.1.0');
    expect(() => checkDataFolder(parent, { freeBytes: () => 200_000_000 })).toThrow('1000 MB');
    writeFileSync(join(parent, 'postgres'), '');
    expect(() => checkDataFolder(parent, { freeBytes: () => 200_000_000 })).not.toThrow();
    expect(() => checkDataFolder(parent, { freeBytes: () => 50_000_000 })).toThrow('nearly full');
  });

  test('may be the empty root of a disk, or hold models that were put there before', () => {
    makeDataFolder(join(parent, 'models-only'), '0.1.0');
    rmSync(join(parent, 'models-only/FORMAT'));
    expect(() => checkDataFolder(join(parent, 'models-only'))).not.toThrow();
  });

  test('must be a folder', () => {
    writeFileSync(join(parent, 'file'), '');
    expect(() => checkDataFolder(join(parent, 'file'))).toThrow('ARASUL_DATA_DIR');
    expect(() => checkDataFolder(join(parent, 'file', 'below'))).toThrow('ARASUL_DATA_DIR');
  });
});
