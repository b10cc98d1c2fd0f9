import { fileTypeFromBuffer } from 'file-type';
import { AppError } from '#kit';
import { extensionOf } from './file-name.ts';

/** What is looked at: as much as the signatures of all known types need. */
export const HEAD_BYTES = 4_100;
/** A PDF may begin with other bytes; readers look for its mark in the first kilobyte. */
const PDF_WINDOW = 1_024;
/** A few stray control characters are forgiven. */
const MAX_STRANGE_SHARE = 0.02;
const SUPPORTED = 'PDF, plain text, Markdown and HTML';

const MARKDOWN = new Set(['md', 'markdown', 'mdown', 'mkd']);
const HTML_EXTENSIONS = new Set(['html', 'htm', 'xhtml']);
const HTML_START = /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)*<(?:!doctype\s+html|html|head|body)[\s>]/iu;
const HTML_TAG = /<(?:p|div|h[1-6]|table|ul|ol|article|section|span|a|br)[\s/>]/iu;

/** Names for what people upload most. */
const KNOWN: Readonly<Record<string, string>> = {
  docx: 'a Word document',
  xlsx: 'an Excel workbook',
  pptx: 'a PowerPoint presentation',
  doc: 'an old Word document',
  cfb: 'an old Office document',
  odt: 'an OpenDocument text',
  rtf: 'a rich text document',
  epub: 'an e-book',
  zip: 'a ZIP archive',
  gz: 'an archive',
  '7z': 'an archive',
  rar: 'an archive',
  tar: 'an archive',
  png: 'a picture',
  jpg: 'a picture',
  gif: 'a picture',
  webp: 'a picture',
  tif: 'a picture',
  heic: 'a picture',
  mp4: 'a video',
  mov: 'a video',
  mp3: 'a sound file',
  wav: 'a sound file',
  exe: 'a program',
  elf: 'a program',
};

/** UTF-16 by its mark or by its zero bytes, all on even or all on odd places; undefined for anything else. */
const utf16Of = (head: Uint8Array): string | undefined => {
  const zeros = [0, 0];
  head.forEach((byte, at) => {
    if (byte === 0) zeros[at % 2]!++;
  });
  const [even = 0, odd = 0] = zeros;
  if ((head[0] === 0xff && head[1] === 0xfe) || (odd > 0.1 * head.length && even < odd / 4)) return 'utf-16le';
  if ((head[0] === 0xfe && head[1] === 0xff) || (even > 0.1 * head.length && odd < even / 4)) return 'utf-16be';
  return undefined;
};

/** The beginning as text, or undefined when it holds what text does not: control characters, halves of characters, unassigned ones. */
const textOf = (head: Uint8Array): string | undefined => {
  const encoding = utf16Of(head) ?? 'latin1';
  const text = new TextDecoder(encoding).decode(head.subarray(0, head.length - (head.length % 2))).replace(/^\uFEFF|^ï»¿/u, '');
  const strange =
    text.match(encoding === 'latin1' ? /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/gu : /[\u0000-\u0008\u000e-\u001a\p{Cs}\p{Cn}\p{Co}\uFFFD]/gu)?.length ?? 0;
  return text.includes('\u0000') || strange > MAX_STRANGE_SHARE * text.length ? undefined : text;
};

const textType = (text: string, filename: string): string => {
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
  const text = textOf(head);
  // The mark of UTF-16 is the beginning of an MP3 frame too: readable text goes before.
  const known = text !== undefined && utf16Of(head) !== undefined ? undefined : await fileTypeFromBuffer(head);
  if (text !== undefined && (known === undefined || known.mime === 'application/xml')) return textType(text, filename);
  const what = known === undefined ? 'in a format that is not known' : (KNOWN[known.ext] ?? `of the type ${known.mime}`);
  throw new AppError('unsupported_type', {
    message: `“${filename}” is ${what}. ${SUPPORTED} can be read; save it as one of these and upload that.`,
    details: { found: known?.mime ?? null, supported: SUPPORTED },
  });
};
