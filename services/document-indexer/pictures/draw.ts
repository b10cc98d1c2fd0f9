import { readSync } from 'node:fs';
import { createCanvas, loadImage, type Canvas } from '@napi-rs/canvas';
import type { OpenPdf } from '../formats/pdf-file.ts';

const POINTS_PER_INCH = 72;
/** 10-point text was read as well with 200 dots as with 300, in 7.5 s instead of 8.9 s a page. */
const DOTS_PER_INCH = 200;
/** 48 MB of pixels; a poster is read at less than 200 dots. */
const MAX_PIXELS = 12e6;
/** The lightest and the darkest spot of paper without ink differ by less, of 255. */
const BLANK_CONTRAST = 40;
const BLANK_SIDE = 400;

/** White paper of this size. */
const paper = (width: number, height: number): Canvas => {
  const canvas = createCanvas(Math.max(1, Math.round(width)), Math.max(1, Math.round(height)));
  const context = canvas.getContext('2d');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  return canvas;
};

/** A page of a PDF as it looks on paper; undefined when only pictures are wanted and it has none. */
export const drawPdfPage = async ({ pdfjs, document }: OpenPdf, number: number, { onlyPictures }: { onlyPictures: boolean }): Promise<Canvas | undefined> => {
  const page = await document.getPage(number);
  try {
    if (onlyPictures) {
      const { OPS } = pdfjs;
      const { fnArray } = await page.getOperatorList();
      const pictures = new Set([OPS.paintImageXObject, OPS.paintImageXObjectRepeat, OPS.paintInlineImageXObject, OPS.paintImageMaskXObject]);
      if (!fnArray.some((operator) => pictures.has(operator))) return undefined;
    }
    const { width, height } = page.getViewport({ scale: 1 });
    const scale = Math.min(DOTS_PER_INCH / POINTS_PER_INCH, Math.sqrt(MAX_PIXELS / (width * height)));
    const canvas = paper(width * scale, height * scale);
    await page.render({ canvas: canvas as unknown as HTMLCanvasElement, viewport: page.getViewport({ scale }) }).promise;
    return canvas;
  } finally {
    page.cleanup();
  }
};

/** A picture, on white where it is transparent. */
export const drawPicture = async (fd: number, sizeBytes: number): Promise<Canvas> => {
  const bytes = Buffer.alloc(sizeBytes);
  for (let at = 0; at < sizeBytes;) {
    const count = readSync(fd, bytes, at, sizeBytes - at, at);
    if (count === 0) break;
    at += count;
  }
  const image = await loadImage(bytes);
  const scale = Math.min(1, Math.sqrt(MAX_PIXELS / (image.width * image.height)));
  const canvas = paper(image.width * scale, image.height * scale);
  canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
};

/** Whether there is no ink on it. */
export const isBlank = (canvas: Canvas): boolean => {
  const scale = Math.min(1, BLANK_SIDE / Math.max(canvas.width, canvas.height));
  const small = paper(canvas.width * scale, canvas.height * scale);
  const context = small.getContext('2d');
  context.drawImage(canvas, 0, 0, small.width, small.height);
  const { data } = context.getImageData(0, 0, small.width, small.height);
  let [lightest, darkest] = [0, 255];
  for (let at = 0; at < data.length; at += 4) {
    const light = (data[at]! * 3 + data[at + 1]! * 6 + data[at + 2]!) / 10;
    lightest = Math.max(lightest, light);
    darkest = Math.min(darkest, light);
  }
  return lightest - darkest < BLANK_CONTRAST;
};
