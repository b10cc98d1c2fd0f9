import type { TextLine } from '#retrieval';
import { decodeText } from './encoding.ts';
import type { Format } from './format.ts';
import { inMemory, readWhole } from './whole-file.ts';

const MAX_BYTES = 64 * 2 ** 20;

const linesOf = (text: string): TextLine[] => {
  const lines: TextLine[] = [];
  let afterBlank = true;
  for (const raw of text.split('\n')) {
    const line = raw.replace(/\s+/gu, ' ').trim();
    if (line !== '') lines.push({ text: line, ...(afterBlank ? { paragraphStart: true } : {}) });
    afterBlank = line === '';
  }
  return lines;
};

/** Plain text of any encoding. A form feed begins a page. */
export const text: Format = {
  mimeTypes: ['text/plain'],
  hasPages: false,
  open: (source) => {
    const pages = decodeText(readWhole(source, MAX_BYTES, 'Text files'))
      .split('\f')
      .map(linesOf);
    return Promise.resolve(inMemory(pages));
  },
};
