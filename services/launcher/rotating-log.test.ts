import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openRotatingLog, rotateInPlace } from './rotating-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'arasul-log-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a log keeps its size: the newest lines, and three older files', () => {
  const file = join(folder, 'core.log');
  const log = openRotatingLog(file, { maxBytes: 10 });
  for (let i = 0; i < 8; i += 1) log.write(`line ${i} .....\n`);
  log.close();
  expect(readFileSync(file, 'utf8')).toBe('line 7 .....\n');
  expect([1, 2, 3].map((n) => readFileSync(`${file}.${n}`, 'utf8')[5])).toEqual(['6', '5', '4']);
  expect(existsSync(`${file}.4`)).toBe(false);
});

test('a log that another process writes goes on in the same file', () => {
  const file = join(folder, 'postgres.log');
  const theirs = openSync(file, 'a');
  writeSync(theirs, 'a long story\n');
  rotateInPlace(file, { maxBytes: 5 });
  writeSync(theirs, 'next\n');
  closeSync(theirs);
  expect(readFileSync(file, 'utf8')).toBe('next\n');
  expect(readFileSync(`${file}.1`, 'utf8')).toBe('a long story\n');
});
