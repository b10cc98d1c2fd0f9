interface Size {
  readonly width: number;
  readonly height: number;
}

const PNG = 0x8950_4e47;

const pngSize = (view: DataView): Size => ({ width: view.getUint32(16), height: view.getUint32(20) });

/** Segment by segment to the one that begins a frame (ITU T.81, B.2.2). */
const jpegSize = (view: DataView): Size | undefined => {
  for (let at = 2; view.getUint8(at) === 0xff; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
  }
  return undefined;
};

/** RFC 9649: lossy, lossless or extended. */
const webpSize = (view: DataView): Size | undefined => {
  const kind = view.getUint32(12);
  if (kind === 0x5650_3820) return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  if (kind === 0x5650_384c) {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
  }
  if (kind !== 0x5650_3858) return undefined;
  const third = (at: number): number => view.getUint16(at, true) + (view.getUint8(at + 2) << 16) + 1;
  return { width: third(24), height: third(27) };
};

/** What a PNG, JPEG or WebP says of its size in its head, in pixels; undefined when it says nothing sensible. */
export const pictureSize = (head: Uint8Array): Size | undefined => {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  try {
    const mark = view.getUint32(0);
    const size = mark === PNG ? pngSize(view) : mark >>> 16 === 0xffd8 ? jpegSize(view) : webpSize(view);
    return size !== undefined && size.width > 0 && size.height > 0 ? size : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
};
