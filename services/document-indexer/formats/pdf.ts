import { readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { PDFDataRangeTransport, PDFDocumentLoadingTask, PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { layOut } from '../layout/page-layout.ts';
import type { Turn, TurnedRun } from '../layout/runs.ts';
import { UnreadableDocument, type Format, type Source } from './format.ts';

type PdfJs = typeof import('pdfjs-dist/legacy/build/pdf.mjs');

/** Larger files are read by ranges: a thread then holds only the pages' own bytes. */
const WHOLE_FILE_BYTES = 32 * 2 ** 20;
const RANGE_BYTES = 2 ** 20;
/**
 * Whether a face is bold is known only once a page's drawing list was made, which costs as much as its text. Faces are
 * shared by pages: filings of 100 to 180 pages needed 3 to 13 lists. The cap is for files that embed a face for each page.
 */
const MAX_FACE_LOOKUPS = 32;
const BOLD_FACE = /bold|black|heavy|semibold|demi/iu;
/** Text further than this from a quarter turn is a watermark. In radians. */
const MAX_SKEW = 0.1;

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

const load = (pdfjs: PdfJs, source: Source): PDFDocumentLoadingTask =>
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
    useWasm: false,
    useWorkerFetch: false,
    isOffscreenCanvasSupported: false,
    isImageDecoderSupported: false,
    // Pictures are never needed, and the ones that would exhaust memory least of all.
    maxImageSize: 1,
    enableXfa: false,
    verbosity: 0,
    cMapUrl: join(packageFolder, 'cmaps/'),
    cMapPacked: true,
    standardFontDataUrl: join(packageFolder, 'standard_fonts/'),
  });

const turnOf = (angle: number): Turn | undefined => {
  const quarters = Math.round(angle / (Math.PI / 2));
  if (Math.abs(angle - quarters * (Math.PI / 2)) > MAX_SKEW) return undefined;
  return (((quarters % 4) + 4) % 4) as Turn;
};

/** Finds out which of a document's faces are bold, at most MAX_FACE_LOOKUPS times. */
const createFaces = () => {
  const bold = new Map<string, boolean>();
  let lookups = 0;
  return async (page: PDFPageProxy, faces: readonly string[]): Promise<Map<string, boolean>> => {
    if (faces.some((face) => !bold.has(face)) && lookups < MAX_FACE_LOOKUPS) {
      lookups++;
      // A page whose drawing cannot be understood may still have readable text.
      await page.getOperatorList().catch(() => undefined);
      for (const face of faces) {
        const found = page.commonObjs.has(face) ? (page.commonObjs.get(face) as { name?: string; bold?: boolean; black?: boolean }) : undefined;
        if (found !== undefined) bold.set(face, found.bold === true || found.black === true || BOLD_FACE.test(found.name ?? ''));
      }
    }
    return bold;
  };
};

const titleOf = async (document: PDFDocumentProxy): Promise<string | undefined> => {
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

export const pdf: Format = {
  mimeTypes: ['application/pdf'],
  hasPages: true,
  async open(source) {
    const pdfjs = await (loaded ??= importPdfJs());
    const task = load(pdfjs, source);
    const document = await task.promise.catch((error: unknown) => {
      throw explain(error, source.password);
    });
    const title = await titleOf(document);
    const boldFaces = createFaces();
    return {
      pageCount: document.numPages,
      ...(title === undefined ? {} : { title }),
      async readPage(number) {
        const page = await document.getPage(number);
        try {
          const viewport = page.getViewport({ scale: 1 });
          const content = await page.getTextContent({ includeMarkedContent: false });
          const bold = await boldFaces(page, Object.keys(content.styles));
          const runs: TurnedRun[] = [];
          for (const item of content.items) {
            if (!('str' in item) || item.str === '') continue;
            const [a, b, c, d, x, y] = pdfjs.Util.transform(viewport.transform, item.transform) as [number, number, number, number, number, number];
            const turn = turnOf(Math.atan2(b, a));
            if (turn === undefined) continue;
            runs.push({ text: item.str, x, y, width: item.width, size: Math.hypot(c, d), bold: bold.get(item.fontName) === true, turn });
          }
          const { width, height } = viewport;
          return { number, width, height, lines: layOut(runs, { width, height }) };
        } finally {
          page.cleanup();
        }
      },
      close: () => task.destroy(),
    };
  },
};
