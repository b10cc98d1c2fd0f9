import { readSync } from 'node:fs';
import { UnreadableDocument, type Format, type Source } from './format.ts';
import { pictureSize } from './picture-size.ts';

/** The head of a camera's JPEG holds a preview before it says how large it is. */
const HEAD_BYTES = 512 * 1024;
/** A whole page with 600 dots an inch has 35 million; what is much larger is built to exhaust memory. */
const MAX_PIXELS = 100e6;

const headOf = ({ fd, sizeBytes }: Source): Uint8Array => {
  const bytes = new Uint8Array(Math.min(HEAD_BYTES, sizeBytes));
  return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0));
};

/** Pictures: one page without text, which is read from its picture later. */
export const picture: Format = {
  mimeTypes: ['image/png', 'image/jpeg', 'image/webp'],
  hasPages: true,
  open(source) {
    const size = pictureSize(headOf(source));
    if (size === undefined)
      throw new UnreadableDocument('document_broken', 'The picture is damaged or cut off. Export or scan it again and upload the new file.');
    if (size.width * size.height > MAX_PIXELS)
      throw new UnreadableDocument(
        'document_too_large',
        `The picture has ${Math.round((size.width * size.height) / 1e6)} million pixels; up to ${MAX_PIXELS / 1e6} million can be read. Save it smaller and upload that.`,
      );
    return Promise.resolve({
      pageCount: 1,
      readPage: (number) => Promise.resolve({ number, ...size, lines: [], needsPicture: true }),
      close: () => Promise.resolve(),
    });
  },
};
