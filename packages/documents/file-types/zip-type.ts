import type { MimeType } from './kinds.ts';

/** Where the directory of a usual office file ends up whole; of a larger archive the end of it says enough. */
export const TAIL_BYTES = 256 * 1024;
const ENTRY = Buffer.from('504b0102', 'hex');
const END = Buffer.from('504b0506', 'hex');
const MAX_NAMES = 20_000;

/** The names in a zip's directory, as far as the tail of the file holds it. */
const namesIn = (tail: Buffer): string[] => {
  const end = tail.lastIndexOf(END);
  if (end === -1) return [];
  const names: string[] = [];
  const sizeBytes = end + 16 <= tail.length ? tail.readUInt32LE(end + 12) : 0;
  let at = tail.indexOf(ENTRY, Math.max(0, end - sizeBytes));
  while (at !== -1 && at + 46 <= end && names.length < MAX_NAMES && tail.readUInt32LE(at) === 0x02014b50) {
    const [name, extra, comment] = [tail.readUInt16LE(at + 28), tail.readUInt16LE(at + 30), tail.readUInt16LE(at + 32)];
    names.push(tail.toString('latin1', at + 46, at + 46 + name));
    at += 46 + name + extra + comment;
  }
  return names;
};

/** OpenDocument and EPUB say what they are in their first entry, unpacked. */
const declaredIn = (head: Uint8Array): string | undefined =>
  /^PK\x03\x04.{26}mimetype([\x20-\x7e]{3,80}?)(?:PK|$)/su.exec(Buffer.from(head.subarray(0, 200)).toString('latin1'))?.[1];

const DECLARED: Readonly<Record<string, MimeType>> = {
  'application/epub+zip': 'application/epub+zip',
  'application/vnd.oasis.opendocument.text': 'application/vnd.oasis.opendocument.text',
  'application/vnd.oasis.opendocument.text-template': 'application/vnd.oasis.opendocument.text',
  'application/vnd.oasis.opendocument.spreadsheet': 'application/vnd.oasis.opendocument.spreadsheet',
  'application/vnd.oasis.opendocument.spreadsheet-template': 'application/vnd.oasis.opendocument.spreadsheet',
  'application/vnd.oasis.opendocument.presentation': 'application/vnd.oasis.opendocument.presentation',
  'application/vnd.oasis.opendocument.presentation-template': 'application/vnd.oasis.opendocument.presentation',
};

const OFFICE: readonly (readonly [RegExp, MimeType])[] = [
  [/^word\/document\d*\.xml$/u, 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  [/^xl\/workbook\.xml$/u, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  [/^ppt\/presentation\.xml$/u, 'application/vnd.openxmlformats-officedocument.presentationml.presentation'],
];

/**
 * What a zip container is, by the names in its directory: an office file, a book, or an archive of files. A string that is no
 * media type says what it is called where it cannot be read.
 */
export const zipType = (head: Uint8Array, tail: Buffer): MimeType | { unknown: string } => {
  const declared = declaredIn(head);
  if (declared !== undefined)
    return DECLARED[declared] ?? (declared.includes('opendocument') ? { unknown: 'an OpenDocument file of a kind' } : 'application/zip');
  const names = namesIn(tail);
  // Where the directory is cut off, the first entries tell.
  const told =
    names.length > 0
      ? names
      : [
          ...Buffer.from(head)
            .toString('latin1')
            .matchAll(/(?:word|xl|ppt)\/(?:document|workbook|presentation)\.xml/gu),
        ].map(([name]) => name);
  if (told.includes('[Content_Types].xml') || names.length === 0) {
    for (const [part, type] of OFFICE) if (told.some((name) => part.test(name))) return type;
    if (told.includes('xl/workbook.bin')) return { unknown: 'a binary Excel workbook (XLSB)' };
  }
  if (told.includes('META-INF/container.xml') && told.some((name) => name.endsWith('.opf'))) return 'application/epub+zip';
  return 'application/zip';
};
