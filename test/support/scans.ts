import { createCanvas } from '@napi-rs/canvas';

const A4_POINTS = { width: 595, height: 842 };

interface PaperOptions {
  /** Dots an inch. */
  readonly dpi?: number;
  /** In points. */
  readonly size?: number;
}

const draw = (lines: readonly string[], { dpi = 150, size = 12 }: PaperOptions) => {
  const scale = dpi / 72;
  const canvas = createCanvas(Math.round(A4_POINTS.width * scale), Math.round(A4_POINTS.height * scale));
  const context = canvas.getContext('2d');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = '#111';
  context.font = `${size * scale}px "DejaVu Sans", sans-serif`;
  lines.forEach((line, at) => context.fillText(line, 60 * scale, (90 + at * 1.5 * size) * scale));
  return canvas;
};

/** Lines of text as a scanner or a camera sees them. */
export const pictureOf = (lines: readonly string[], kind: 'png' | 'jpeg' | 'webp' = 'png', options: PaperOptions = {}): Buffer => {
  const canvas = draw(lines, options);
  return kind === 'png' ? canvas.toBuffer('image/png') : kind === 'jpeg' ? canvas.toBuffer('image/jpeg', 85) : canvas.toBuffer('image/webp', 85);
};

/** A PDF as a scanner makes it: each page a JPEG. An empty list is an empty sheet; a string is a page of real text. */
export const scannedPdf = (pages: readonly (readonly string[] | string)[], options: PaperOptions = {}): Buffer => {
  const objects: Buffer[] = [];
  const add = (...parts: (string | Buffer)[]): number => objects.push(Buffer.concat(parts.map((part) => Buffer.from(part as string, 'latin1'))));
  add('<< /Type /Catalog /Pages 2 0 R >>');
  add('');
  add('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>');
  const kids = pages.map((page) => {
    const { width, height } = A4_POINTS;
    const isText = typeof page === 'string';
    const content = isText ? `BT /F1 11 Tf 60 760 Td (${page}) Tj ET` : `q ${width} 0 0 ${height} 0 0 cm /P Do Q`;
    const canvas = draw(isText ? [] : page, options);
    const jpeg = canvas.toBuffer('image/jpeg', 85);
    const picture = add(
      `<< /Type /XObject /Subtype /Image /Width ${canvas.width} /Height ${canvas.height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length ${jpeg.length} >>\nstream\n`,
      jpeg,
      '\nendstream',
    );
    const stream = add(`<< /Length ${content.length} >>\nstream\n${content}\nendstream`);
    return add(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${width} ${height}] /Resources << /Font << /F1 3 0 R >> /XObject << /P ${picture} 0 R >> >> /Contents ${stream} 0 R >>`,
    );
  });
  objects[1] = Buffer.from(`<< /Type /Pages /Kids [${kids.map((kid) => `${kid} 0 R`).join(' ')}] /Count ${kids.length} >>`);
  const chunks: Buffer[] = [Buffer.from('%PDF-1.7\n')];
  let size = chunks[0]!.length;
  const table = objects.map((body, at) => {
    const chunk = Buffer.concat([Buffer.from(`${at + 1} 0 obj\n`), body, Buffer.from('\nendobj\n')]);
    chunks.push(chunk);
    size += chunk.length;
    return `${String(size - chunk.length).padStart(10, '0')} 00000 n \n`;
  });
  const trailer = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table.join('')}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${size}\n%%EOF\n`;
  return Buffer.concat([...chunks, Buffer.from(trailer)]);
};
