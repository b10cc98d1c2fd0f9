import { expect, test } from 'vitest';
import { decodeText } from './decode-text.ts';

const bytes = (text: string, encoding: BufferEncoding) => Uint8Array.from(Buffer.from(text, encoding)).buffer;

test.each([
  ['UTF-8', bytes('Größe 東京', 'utf8'), 'Größe 東京'],
  ['Latin 1', bytes('Größe', 'latin1'), 'Größe'],
  ['UTF-16', bytes('\uFEFFGröße', 'utf16le'), 'Größe'],
  ['what a page declares', bytes('<meta charset="iso-8859-1">Größe', 'latin1'), '<meta charset="iso-8859-1">Größe'],
  ['an encoding that nobody knows', bytes('<meta charset="klingon">Größe', 'latin1'), '<meta charset="klingon">Größe'],
])('text in %s is read', (_, buffer, text) => {
  expect(decodeText(buffer)).toBe(text);
});
