import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readLock, takeLock } from './lock.ts';
import { processIdentity } from './process-identity.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'arasul-lock-'));
  file = join(folder, 'launcher.lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the lock of a data folder', () => {
  test('is held by one, who is named to the next, until it is given back', () => {
    const release = takeLock(file, 'http://localhost:1');
    expect(() => takeLock(file, 'http://localhost:2')).toThrow(`pid ${process.pid}) at http://localhost:1`);
    release();
    takeLock(file, 'http://localhost:2')();
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each([
    ['of a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, identity: 'x', url: 'http://localhost:1' })],
    ['of an earlier boot whose number is in use again', JSON.stringify({ pid: process.pid, identity: 'other-boot:1', url: 'http://localhost:1' })],
    ['that is no lock at all', '{"pid":'],
  ])('%s is taken over', (_, text) => {
    writeFileSync(file, text);
    expect(readLock(file).state).toBe('stale');
    const release = takeLock(file, 'http://localhost:2');
    expect(readLock(file)).toMatchObject({ state: 'running', pid: process.pid, url: 'http://localhost:2' });
    release();
  });

  test('a process is told from another by more than its number', () => {
    expect(processIdentity(process.pid)).toBe(processIdentity(process.pid));
    expect(processIdentity(process.pid)).not.toBe(processIdentity(process.ppid));
    expect(processIdentity(2 ** 22 + 1)).toBeNull();
  });
});
