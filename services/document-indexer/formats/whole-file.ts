import { readSync } from 'node:fs';
import type { TextLine, TextPage } from '#retrieval';
import { UnreadableDocument, type OpenedDocument, type Source } from './format.ts';

/** A format without pages is cut into parts of this size, so that a long text needs no more memory than a short one. */
const PART_CHARS = 64 * 1024;

/** Reads a file of up to `maxBytes` whole. Throws `document_too_large`, `document_empty`. */
export const readWhole = ({ fd, sizeBytes }: Source, maxBytes: number, kind: string): Uint8Array => {
  if (sizeBytes > maxBytes) {
    const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;
    throw new UnreadableDocument(
      'document_too_large',
      `${kind} can be read up to ${megabytes(maxBytes)}; this one has ${megabytes(sizeBytes)}. Split it and upload the parts.`,
    );
  }
  const bytes = new Uint8Array(sizeBytes);
  let at = 0;
  while (at < sizeBytes) {
    const count = readSync(fd, bytes, at, sizeBytes - at, at);
    if (count === 0) break;
    at += count;
  }
  return bytes.subarray(0, at);
};

const intoParts = (lines: readonly TextLine[]): TextLine[][] => {
  const parts: TextLine[][] = [];
  let chars = PART_CHARS;
  for (const line of lines) {
    if (chars >= PART_CHARS && (line.paragraphStart === true || line.headingLevel !== undefined || parts.length === 0 || chars >= 2 * PART_CHARS)) {
      parts.push([]);
      chars = 0;
    }
    parts.at(-1)!.push(line);
    chars += line.text.length;
  }
  return parts;
};

/** A document whose text is in memory already: one list of lines for each page that the format knows, or a single list. */
export const inMemory = (lists: readonly (readonly TextLine[])[], title?: string): OpenedDocument => {
  const pages = lists.flatMap((lines) => (lines.length === 0 ? [[]] : intoParts(lines)));
  return {
    pageCount: pages.length,
    ...(title === undefined ? {} : { title }),
    readPage: (number) => Promise.resolve<TextPage>({ number, width: 0, height: 0, lines: pages[number - 1] ?? [] }),
    close: () => Promise.resolve(),
  };
};
