import { fileTypeFromBuffer } from 'file-type';
import { AppError } from '#kit';
import { extensionOf } from './file-name.ts';

/** What is looked at: as much as the signatures of all known types need. */
export const HEAD_BYTES = 4_100;
/** A PDF may begin with other bytes; readers look for its mark in the first kilobyte. */
const PDF_WINDOW = 1_024;
/** Text has hardly any control characters; a few stray ones are forgiven. */
const MAX_CONTROL_SHARE = 0.02;
const SUPPORTED = 'PDF, plain text, Markdown and HTML';

const MARKDOWN = new Set(['md', 'markdown', 'mdown', 'mkd']);
const HTML_EXTENSIONS = new Set(['html', 'htm', 'xhtml']);
const HTML_START = /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)*<(?:!doctype\s+html|html|head|body)[\s>]/iu;
const HTML_TAG = /<(?:p|div|h[1-6]|table|ul|ol|article|section|span|a|br)[\s/>]/iu;

/** Names for what people upload most. */
const KNOWN: Readonly<Record<string, string>> = {
  docx: 'a Word document', xlsx: 'an Excel workbook', pptx: 'a PowerPoint presentation', doc: 'an old Word document', cfb: 'an old Office document', odt: 'an OpenDocument text',
  rtf: 'a rich text document', epub: 'an e-book', zip: 'a ZIP archive', gz: 'an archive', '7z': 'an archive', rar: 'an archive', tar: 'an archive',
  png: 'a picture', jpg: 'a picture', gif: 'a picture', webp: 'a picture', tif: 'a picture', heic: 'a picture', mp4: 'a video', mov: 'a video', mp3: 'a sound file', wav: 'a sound file', exe: 'a program', elf: 'a program',
};

const isUtf16 = (head: Uint8Array): boolean => {
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) return true;
  const zeros = [0, 0];
  head.forEach((byte, at) => {
    if (byte === 0) zeros[at % 2]!++;
  });
  return Math.max(...zeros) > 0.2 * (head.length / 2) && Math.min(...zeros) < Math.max(...zeros) / 4;
};

const isText = (head: Uint8Array): boolean => {
  if (isUtf16(head)) return true;
  const controls = head.reduce((sum, byte) => sum + (byte < 9 || (byte > 13 && byte < 32 && byte !== 27) ? 1 : 0), 0);
  return !head.includes(0) && controls <= MAX_CONTROL_SHARE * head.length;
};

const decode = (head: Uint8Array): string => {
  if (!isUtf16(head)) return new TextDecoder('latin1').decode(head).replace(/^ï»¿/u, '');
  return new TextDecoder(head[0] === 0xfe || head[0] === 0 ? 'utf-16be' : 'utf-16le').decode(head);
};

const textType = (head: Uint8Array, filename: string): string => {
  const text = decode(head);
  const extension = extensionOf(filename);
  if (HTML_START.test(text) || (HTML_EXTENSIONS.has(extension) && HTML_TAG.test(text))) return 'text/html';
  return MARKDOWN.has(extension) ? 'text/markdown' : 'text/plain';
};

/**
 * The media type of an upload by its first bytes. The name only tells Markdown from other text, which bytes cannot.
 * Errors: `unsupported_type`, with what the file is and what is supported.
 */
export const detectType = async (head: Uint8Array, filename: string): Promise<string> => {
  // An empty file is taken in and fails with its own sentence; there is nothing to detect.
  if (head.length === 0) return MARKDOWN.has(extensionOf(filename)) ? 'text/markdown' : 'text/plain';
  if (Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, PDF_WINDOW)).includes('%PDF-')) return 'application/pdf';
  const known = await fileTypeFromBuffer(head);
  if ((known === undefined || known.mime === 'application/xml') && isText(head)) return textType(head, filename);
  const what = known === undefined ? 'in a format that is not known' : (KNOWN[known.ext] ?? `of the type ${known.mime}`);
  throw new AppError('unsupported_type', { message: `“${filename}” is ${what}. ${SUPPORTED} can be read; save it as one of these and upload that.`, details: { found: known?.mime ?? null, supported: SUPPORTED } });
};
