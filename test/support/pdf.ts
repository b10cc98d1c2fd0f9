import { createHash } from 'node:crypto';

/** Text at a place: points from the lower left corner, as PDF counts. */
export interface PdfText {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly size?: number;
  readonly bold?: boolean;
}

export interface PdfPage {
  readonly texts?: readonly PdfText[];
  /** Degrees, a multiple of 90. */
  readonly rotate?: number;
  /** A picture over the whole page, as a scanner makes. */
  readonly picture?: boolean;
  /** Forms that draw forms, so many times ten: a page that no parser finishes. */
  readonly nestedForms?: number;
}

interface PdfOptions {
  readonly title?: string;
  /** Needed to open the file (RC4 with 40 bits, as PDF 1.1 has it). */
  readonly password?: string;
}

const PAGE = { width: 612, height: 792 };

const literal = (text: string): string => `(${text.replace(/[\\()]/gu, '\\$&')})`;
// WinAnsi is Latin-1 for what the tests write.
const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');
const stream = (dictionary: string, content: string): string => `<< ${dictionary} /Length ${content.length} >>\nstream\n${content}\nendstream`;

const contentOf = (page: PdfPage): string => {
  const texts = (page.texts ?? []).map(({ text, x, y, size = 10, bold }) => `BT /${bold ? 'F2' : 'F1'} ${size} Tf 1 0 0 1 ${x} ${y} Tm ${literal(text)} Tj ET`);
  const picture = page.picture ? [`q ${PAGE.width} 0 0 ${PAGE.height} 0 0 cm /P1 Do Q`] : [];
  const forms = page.nestedForms ? ['/N0 Do'] : [];
  return [...picture, ...texts, ...forms].join('\n');
};

const PADDING = Buffer.from('28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a', 'hex');
const padded = (password: string): Buffer => Buffer.concat([bytesOf(password), PADDING]).subarray(0, 32);
const md5 = (...parts: Buffer[]): Buffer => createHash('md5').update(Buffer.concat(parts)).digest();

const rc4 = (key: Buffer, data: Buffer): Buffer => {
  const state = Array.from({ length: 256 }, (_, at) => at);
  const swap = (a: number, b: number): void => {
    [state[a], state[b]] = [state[b]!, state[a]!];
  };
  for (let i = 0, j = 0; i < 256; i++) swap(i, (j = (j + state[i]! + key[i % key.length]!) & 255));
  let [i, j] = [0, 0];
  return Buffer.from(
    data.map((byte) => {
      i = (i + 1) & 255;
      swap(i, (j = (j + state[i]!) & 255));
      return byte ^ state[(state[i]! + state[j]!) & 255]!;
    }),
  );
};

/** The standard security handler's dictionary and key, revision 2 (PDF 1.7, 7.6.3). */
const encryption = (password: string, id: Buffer): { dictionary: string; key: Buffer } => {
  const owner = rc4(md5(padded(password)).subarray(0, 5), padded(password));
  const permissions = Buffer.from([0xfc, 0xff, 0xff, 0xff]);
  const key = md5(padded(password), owner, permissions, id).subarray(0, 5);
  return { key, dictionary: `<< /Filter /Standard /V 1 /R 2 /O <${owner.toString('hex')}> /U <${rc4(key, PADDING).toString('hex')}> /P -4 >>` };
};

/** An object's body with its stream encrypted (7.6.2). */
const encrypted = (body: string, number: number, key: Buffer): string =>
  body.replace(/(?<=\nstream\n)[\s\S]*(?=\nendstream$)/u, (content) =>
    rc4(md5(key, Buffer.from([number & 255, (number >> 8) & 255, number >> 16, 0, 0])).subarray(0, 10), bytesOf(content)).toString('latin1'),
  );

/** A small PDF, real enough for every reader: Helvetica and Helvetica-Bold, one content stream for each page. */
export const makePdf = (pages: readonly PdfPage[], { title, password }: PdfOptions = {}): Buffer => {
  const objects: string[] = [];
  const add = (body: string): number => objects.push(body);
  const catalog = add('');
  const tree = add('');
  const fonts = ['Helvetica', 'Helvetica-Bold'].map((name) => add(`<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`));
  const picture = add(stream('/Type /XObject /Subtype /Image /Width 8 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 8', 'x'.repeat(64)));
  const depth = Math.max(0, ...pages.map((page) => page.nestedForms ?? 0));
  let form = add(stream('/Type /XObject /Subtype /Form /BBox [0 0 9 9]', 'BT /F1 1 Tf (.) Tj ET'));
  for (let level = 0; level < depth; level++)
    form = add(stream(`/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /N0 ${form} 0 R >> >>`, '/N0 Do '.repeat(10)));
  const resources = `<< /Font << /F1 ${fonts[0]} 0 R /F2 ${fonts[1]} 0 R >> /XObject << /P1 ${picture} 0 R /N0 ${form} 0 R >> >>`;
  const kids = pages.map((page) => {
    const content = add(stream('', contentOf(page)));
    return add(
      `<< /Type /Page /Parent ${tree} 0 R /MediaBox [0 0 ${PAGE.width} ${PAGE.height}] /Rotate ${page.rotate ?? 0} /Resources ${resources} /Contents ${content} 0 R >>`,
    );
  });
  objects[catalog - 1] = `<< /Type /Catalog /Pages ${tree} 0 R >>`;
  objects[tree - 1] = `<< /Type /Pages /Kids [${kids.map((kid) => `${kid} 0 R`).join(' ')}] /Count ${kids.length} >>`;
  const info = title === undefined ? undefined : add(`<< /Title ${literal(title)} >>`);
  const id = md5(bytesOf(objects.join()));
  const lock = password === undefined ? undefined : encryption(password, id);
  if (lock !== undefined) objects.forEach((body, at) => (objects[at] = encrypted(body, at + 1, lock.key)));
  const encrypt = lock === undefined ? undefined : add(lock.dictionary);

  const chunks = ['%PDF-1.7\n'];
  let size = chunks[0]!.length;
  const offsets = objects.map((body, at) => {
    const chunk = `${at + 1} 0 obj\n${body}\nendobj\n`;
    chunks.push(chunk);
    size += chunk.length;
    return size - chunk.length;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const trailer = [
    `/Size ${objects.length + 1} /Root ${catalog} 0 R /ID [<${id.toString('hex')}> <${id.toString('hex')}>]`,
    info ? `/Info ${info} 0 R` : '',
    encrypt ? `/Encrypt ${encrypt} 0 R` : '',
  ].join(' ');
  return bytesOf(`${chunks.join('')}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< ${trailer} >>\nstartxref\n${size}\n%%EOF\n`);
};

/** Lines one below the other from the top of a page. */
export const lines = (texts: readonly string[], { x = 72, top = 720, size = 10, bold = false } = {}): PdfText[] =>
  texts.map((text, at) => ({ text, x, y: top - at * 1.3 * size, size, bold }));

const SUBJECTS = ['The harbour', 'A turbine', 'The council', 'Our laboratory', 'The orchard', 'A courier', 'The archive', 'Every pump'];
const VERBS = ['measured', 'delivered', 'repaired', 'counted', 'reported', 'replaced', 'inspected', 'painted'];
const OBJECTS = [
  'the northern pipeline',
  'forty barrels of oil',
  'a broken valve',
  'the annual budget',
  'two hundred letters',
  'the old generator',
  'a field of barley',
  'the safety manual',
];

/** A page of prose that no other page repeats, with its own number in words that can be looked for: `marker17`. */
export const prosePage = (number: number, lineCount = 40): PdfPage => ({
  texts: [
    { text: `Chapter ${number}: report of section ${number}`, x: 72, y: 740, size: 16, bold: true },
    ...lines(
      Array.from({ length: lineCount }, (_, at) => {
        const seed = number * 31 + at * 7;
        return `${SUBJECTS[seed % 8]} of district ${(seed * 13) % 997} ${VERBS[(seed >> 2) % 8]} ${OBJECTS[(seed >> 1) % 8]} in ${1900 + (seed % 120)}${at === 3 ? `, see marker${number}` : ''}.`;
      }),
    ),
  ],
});

/** A long document of prose. */
export const prosePdf = (pageCount: number, options: PdfOptions = {}): Buffer =>
  makePdf(
    Array.from({ length: pageCount }, (_, at) => prosePage(at + 1)),
    options,
  );

/** A PDF of bare objects, the first of which is the catalog: for structures that no honest writer makes. */
export const rawPdf = (objects: readonly string[]): Buffer => {
  const chunks = ['%PDF-1.7\n'];
  let size = chunks[0]!.length;
  const table = objects.map((body, at) => {
    const chunk = `${at + 1} 0 obj\n${body}\nendobj\n`;
    chunks.push(chunk);
    size += chunk.length;
    return `${String(size - chunk.length).padStart(10, '0')} 00000 n \n`;
  });
  return bytesOf(
    `${chunks.join('')}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table.join('')}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${size}\n%%EOF\n`,
  );
};

/** The objects of a PDF with one page that says `text`; more may be put behind them. */
export const rawPage = (text: string, catalog = ''): string[] => [
  `<< /Type /Catalog /Pages 2 0 R ${catalog} >>`,
  '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
  `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${PAGE.width} ${PAGE.height}] /Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R >>`,
  stream('', `BT /F1 12 Tf 72 700 Td ${literal(text)} Tj ET`),
  '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
];
