import * as pdfjs from 'pdfjs-dist/legacy/build/pdf.mjs';
import workerUrl from 'pdfjs-dist/legacy/build/pdf.worker.min.mjs?url';

pdfjs.GlobalWorkerOptions.workerSrc = workerUrl;

export type { PDFDocumentLoadingTask, PDFDocumentProxy, PDFPageProxy, RenderTask } from 'pdfjs-dist/legacy/build/pdf.mjs';
export const TextLayer = pdfjs.TextLayer;

/** Only what is looked at is fetched: a 1,000-page file opens as fast as a short one. */
const RANGE_CHUNK_BYTES = 256 * 1024;
/** Where the build puts what pdf.js fetches while it draws. */
const RESOURCES = `/assets/pdfjs-${pdfjs.version}`;

/** Opens a PDF of this box. Everything it needs while drawing (fonts, character maps, decoders) comes from this box, too. */
export const openPdf = (url: string): pdfjs.PDFDocumentLoadingTask =>
  pdfjs.getDocument({
    url,
    withCredentials: true,
    disableAutoFetch: true,
    disableStream: true,
    rangeChunkSize: RANGE_CHUNK_BYTES,
    cMapUrl: `${RESOURCES}/cmaps/`,
    cMapPacked: true,
    standardFontDataUrl: `${RESOURCES}/standard_fonts/`,
    iccUrl: `${RESOURCES}/iccs/`,
    wasmUrl: `${RESOURCES}/wasm/`,
    enableXfa: false,
  });
