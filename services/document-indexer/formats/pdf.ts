import type { PDFPageProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { layOut } from '../layout/page-layout.ts';
import type { Turn, TurnedRun } from '../layout/runs.ts';
import type { Format } from './format.ts';
import { openPdf, titleOf } from './pdf-file.ts';
import { isUsable, withoutNoise } from './usable-text.ts';

/**
 * Whether a face is bold is known only once a page's drawing list was made, which costs as much as its text. Faces are
 * shared by pages: filings of 100 to 180 pages needed 3 to 13 lists. The cap is for files that embed a face for each page.
 */
const MAX_FACE_LOOKUPS = 32;
const BOLD_FACE = /bold|black|heavy|semibold|demi/iu;
/** Text further than this from a quarter turn is a watermark. In radians. */
const MAX_SKEW = 0.1;

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

export const pdf: Format = {
  mimeTypes: ['application/pdf'],
  hasPages: true,
  async open(source) {
    const { pdfjs, document, close } = await openPdf(source);
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
          const lines = layOut(runs, { width, height });
          return isUsable(lines) ? { number, width, height, lines } : { number, width, height, lines: withoutNoise(lines), needsPicture: true };
        } finally {
          page.cleanup();
        }
      },
      close,
    };
  },
};
