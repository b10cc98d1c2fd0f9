import { fileTypeFromBuffer } from 'file-type';
import { AppError } from '#kit';
import { guessDelimiter } from './delimiter.ts';
import { extensionOf } from './file-name.ts';
import { kinds, SUPPORTED, type MimeType } from './kinds.ts';
import { isMail, textOf, utf16Of } from './text-type.ts';
import { TAIL_BYTES, zipType } from './zip-type.ts';

/** What is looked at first: as much as the signatures of all known types need. */
export const HEAD_BYTES = 4_100;
/** A PDF may begin with other bytes; readers look for its mark in the first kilobyte. */
const PDF_WINDOW = 1_024;
const CFB = Buffer.from('d0cf11e0a1b11ae1', 'hex');

const MARKDOWN = new Set(['md', 'markdown', 'mdown', 'mkd']);
const TABLES = new Set(['csv', 'tsv', 'tab']);
const HTML_EXTENSIONS = new Set(['html', 'htm', 'xhtml']);
// A comment ends at its first end: were it ambiguous, a few hundred bytes of comments could keep the process busy for ever.
const HTML_START = /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->)[\s\S])*-->\s*)*<(?:!doctype\s+html|html|head|body)[\s>]/iu;
const HTML_TAG = /<(?:p|div|h[1-6]|table|ul|ol|article|section|span|a|br)[\s/>]/iu;

/** Names for what people upload most and cannot be read. */
const KNOWN: Readonly<Record<string, string>> = {
  cfb: 'an old Office document',
  rtf: 'a rich text document',
  gz: 'an archive of another kind than ZIP',
  '7z': 'an archive of another kind than ZIP',
  rar: 'an archive of another kind than ZIP',
  tar: 'an archive of another kind than ZIP',
  gif: 'a GIF picture',
  tif: 'a TIFF picture',
  heic: 'a HEIC picture',
  avif: 'an AVIF picture',
  mp4: 'a video',
  mov: 'a video',
  mp3: 'a sound file',
  wav: 'a sound file',
  exe: 'a program',
  elf: 'a program',
};

/** Streams of a compound file, by which one tells what it is; the first that is found decides. */
const STREAMS: readonly (readonly [string, MimeType | { unknown: string }])[] = [
  ['__properties_version1.0', 'application/vnd.ms-outlook'],
  ['EncryptedPackage', { unknown: 'an Office document that is protected by a password' }],
  ['WordDocument', { unknown: 'an old Word document (DOC)' }],
  ['Workbook', { unknown: 'an old Excel workbook (XLS)' }],
  ['PowerPoint Document', { unknown: 'an old PowerPoint presentation (PPT)' }],
];

/** The detection of one file's type while its bytes pass. */
export interface TypeDetection {
  /** The same bytes; the detection looks at them on the way. */
  through(stream: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** Once they have passed. Throws `unsupported_type`. */
  end(): MimeType;
}

const refused = (filename: string, what: string, found: string | null = null): AppError =>
  new AppError('unsupported_type', {
    message: `“${filename}” is ${what}. ${SUPPORTED} can be read; save it as one of these and upload that.`,
    details: { found, supported: SUPPORTED },
  });

const textType = (text: string, filename: string): MimeType => {
  const extension = extensionOf(filename);
  if (HTML_START.test(text) || (HTML_EXTENSIONS.has(extension) && HTML_TAG.test(text))) return 'text/html';
  if (isMail(text)) return 'message/rfc822';
  if (MARKDOWN.has(extension)) return 'text/markdown';
  return guessDelimiter(text, { isLikely: TABLES.has(extension) }) === undefined ? 'text/plain' : 'text/csv';
};

const known = (type: MimeType): TypeDetection => ({ through: (stream) => stream, end: () => type });

/** A zip says at its end what it is. */
const watchZip = (head: Uint8Array, filename: string): TypeDetection => {
  let tail = Buffer.alloc(0);
  return {
    async *through(stream) {
      for await (const chunk of stream) {
        tail = Buffer.concat([tail, chunk]);
        // Cut seldom: joining and cutting at each chunk would copy the tail each time.
        if (tail.length > 4 * TAIL_BYTES) tail = Buffer.from(tail.subarray(-TAIL_BYTES));
        yield chunk;
      }
    },
    end() {
      const type = zipType(head, tail.subarray(-TAIL_BYTES));
      if (typeof type === 'object') throw refused(filename, type.unknown, 'application/zip');
      return type;
    },
  };
};

/** A compound file (Outlook's, and those of Office before 2007) names its streams anywhere. */
const watchCompound = (filename: string): TypeDetection => {
  const wanted = STREAMS.map(([name, type]) => ({ name: Buffer.from(name, 'utf16le'), type, isFound: false }));
  let before = Buffer.alloc(0);
  return {
    async *through(stream) {
      for await (const chunk of stream) {
        const seen = Buffer.concat([before, chunk]);
        for (const each of wanted) each.isFound ||= seen.includes(each.name);
        before = Buffer.from(seen.subarray(-64));
        yield chunk;
      }
    },
    end() {
      const type = wanted.find(({ isFound }) => isFound)?.type ?? { unknown: 'an old Office document' };
      if (typeof type === 'object') throw refused(filename, type.unknown, 'application/x-cfb');
      return type;
    },
  };
};

/**
 * The media type of a file by its bytes, from its first ones and, for containers, from all. The name only tells Markdown from
 * other text and a small table from it, which bytes cannot. Errors: `unsupported_type`, with what the file is and what is supported.
 */
export const beginDetection = async (head: Uint8Array, filename: string): Promise<TypeDetection> => {
  // An empty file is taken in and fails with its own sentence; there is nothing to detect.
  if (head.length === 0) return known(MARKDOWN.has(extensionOf(filename)) ? 'text/markdown' : 'text/plain');
  const start = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, PDF_WINDOW));
  if (start.subarray(0, 4).toString('latin1') === 'PK\x03\x04' || start.subarray(0, 4).toString('latin1') === 'PK\x05\x06') return watchZip(head, filename);
  if (start.subarray(0, 8).equals(CFB)) return watchCompound(filename);
  if (start.includes('%PDF-')) return known('application/pdf');
  const text = textOf(head);
  // The mark of UTF-16 is the beginning of an MP3 frame too: readable text goes before.
  const found = text !== undefined && utf16Of(head) !== undefined ? undefined : await fileTypeFromBuffer(head);
  if (text !== undefined && (found === undefined || found.mime === 'application/xml')) return known(textType(text, filename));
  if (found !== undefined && found.mime in kinds) return known(found.mime as MimeType);
  throw refused(filename, found === undefined ? 'in a format that is not known' : (KNOWN[found.ext] ?? `of the type ${found.mime}`), found?.mime ?? null);
};
