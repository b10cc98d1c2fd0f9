import { readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { PDFDataRangeTransport, PDFDocumentLoadingTask, PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { UnreadableDocument, type Source } from './format.ts';

export type PdfJs = typeof import('pdfjs-dist/legacy/build/pdf.mjs');

/** Larger files are read by ranges: a thread then holds only the pages' own bytes. */
const WHOLE_FILE_BYTES = 32 * 2 ** 20;
const RANGE_BYTES = 2 ** 20;
/** A page scanned with 600 dots an inch has 35 million. */
const MAX_PICTURE_PIXELS = 100e6;
const packageFolder = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));

/**
 * pdf.js for old engines replaces Array.prototype.push by a slow one, for a property of frozen arrays that it does not use
 * itself. With the engine's own, a 179-page filing takes 2.9 s instead of 3.9 s.
 */
const importPdfJs = async (): Promise<PdfJs> => {
  const push = Object.getOwnPropertyDescriptor(Array.prototype, 'push')!;
  const pdfjs = await import('pdfjs-dist/legacy/build/pdf.mjs');
  // The parser proper, loaded here so that its replacement is undone as well.
  (globalThis as { pdfjsWorker?: unknown }).pdfjsWorker = await import('pdfjs-dist/legacy/build/pdf.worker.mjs');
  Object.defineProperty(Array.prototype, 'push', push);
  return pdfjs;
};

const readRange = (source: Source, begin: number, end: number): Uint8Array => {
  const bytes = new Uint8Array(end - begin);
  let at = 0;
  while (at < bytes.length) {
    const count = readSync(source.fd, bytes, at, bytes.length - at, begin + at);
    if (count === 0) break;
    at += count;
  }
  return bytes.subarray(0, at);
};

const rangesOf = (pdfjs: PdfJs, source: Source): PDFDataRangeTransport => {
  const transport = new pdfjs.PDFDataRangeTransport(source.sizeBytes, null);
  transport.requestDataRange = (begin, end) => {
    transport.onDataRange(begin, readRange(source, begin, Math.min(end, source.sizeBytes)));
  };
  return transport;
};

const load = (pdfjs: PdfJs, source: Source, withPictures: boolean): PDFDocumentLoadingTask =>
  pdfjs.getDocument({
    ...(source.sizeBytes <= WHOLE_FILE_BYTES
      ? { data: readRange(source, 0, source.sizeBytes) }
      : { range: rangesOf(pdfjs, source), rangeChunkSize: RANGE_BYTES }),
    ...(source.password === undefined ? {} : { password: source.password }),
    disableAutoFetch: true,
    disableStream: true,
    isEvalSupported: false,
    disableFontFace: true,
    useSystemFonts: false,
    useWasm: withPictures,
    wasmUrl: join(packageFolder, 'wasm/'),
    useWorkerFetch: false,
    isOffscreenCanvasSupported: false,
    isImageDecoderSupported: false,
    // For text no picture is needed, and the ones that would exhaust memory least of all.
    maxImageSize: withPictures ? MAX_PICTURE_PIXELS : 1,
    enableXfa: false,
    verbosity: 0,
    cMapUrl: join(packageFolder, 'cmaps/'),
    cMapPacked: true,
    standardFontDataUrl: join(packageFolder, 'standard_fonts/'),
  });

/** The document's own title, when it is worth showing. */
export const titleOf = async (document: PDFDocumentProxy): Promise<string | undefined> => {
  const { info } = await document.getMetadata().catch(() => ({ info: {} }));
  const title = (info as { Title?: unknown }).Title;
  if (typeof title !== 'string') return undefined;
  const trimmed = title.normalize('NFC').replace(/\s+/gu, ' ').trim();
  // Office programs put the file's own name or "untitled" there.
  return trimmed.length < 3 || trimmed.length > 200 || /^untitled|\.(?:docx?|pdf|indd|qxd|xlsx?|pptx?)$|^microsoft word/iu.test(trimmed) ? undefined : trimmed;
};

const explain = (error: unknown, password: string | undefined): UnreadableDocument => {
  if (error instanceof Error && error.name === 'PasswordException') {
    if (password !== undefined)
      return new UnreadableDocument('document_password_wrong', 'This is not the password that opens the PDF. Give another one.', { cause: error });
    return new UnreadableDocument(
      'document_encrypted',
      'The PDF is protected by a password. Give the password here, or save a copy without it and upload that.',
      {
        cause: error,
      },
    );
  }
  const detail = error instanceof Error ? error.message : String(error);
  return new UnreadableDocument(
    'document_broken',
    `The PDF is damaged or cut off and cannot be opened (${detail.replace(/\.$/u, '')}). Export or download it again and upload the new file.`,
    { cause: error },
  );
};

let loaded: Promise<PdfJs> | undefined;

export interface OpenPdf {
  readonly pdfjs: PdfJs;
  readonly document: PDFDocumentProxy;
  close(): Promise<void>;
}

/** Opens a PDF for its text, or also for drawing its pages. Throws `UnreadableDocument`. */
export const openPdf = async (source: Source, { withPictures = false } = {}): Promise<OpenPdf> => {
  const pdfjs = await (loaded ??= importPdfJs());
  const task = load(pdfjs, source, withPictures);
  const document = await task.promise.catch((error: unknown) => {
    throw explain(error, source.password);
  });
  return { pdfjs, document, close: () => task.destroy() };
};
