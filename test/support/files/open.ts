import { escapeXml, makeZip } from './zip.ts';

const NAMES = ['office', 'text', 'table', 'draw', 'presentation', 'meta', 'style']
  .map((name) => `xmlns:${name}="urn:oasis:names:tc:opendocument:xmlns:${name}:1.0"`)
  .join(' ');
const content = (kind: string, body: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<office:document-content ${NAMES}><office:body><office:${kind}>${body}</office:${kind}></office:body></office:document-content>`;
const manifest = (type: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="${type}"/></manifest:manifest>`;
const pack = (kind: 'text' | 'spreadsheet' | 'presentation', body: string): Promise<Buffer> => {
  const type = `application/vnd.oasis.opendocument.${kind}`;
  return makeZip({ mimetype: type, 'content.xml': content(kind, body), 'META-INF/manifest.xml': manifest(type) }, { stored: ['mimetype'] });
};

const p = (text: string): string => `<text:p>${escapeXml(text)}</text:p>`;
const table = (name: string, rows: readonly (readonly string[])[]): string =>
  `<table:table table:name="${escapeXml(name)}">${rows.map((row) => `<table:table-row>${row.map((cell) => `<table:table-cell office:value-type="string">${p(cell)}</table:table-cell>`).join('')}<table:table-cell table:number-columns-repeated="1000"/></table:table-row>`).join('')}<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="1024"/></table:table-row></table:table>`;

export type OdtBlock = { heading: string; level: number } | { text: string } | { bullet: string } | { table: readonly (readonly string[])[] };

export const makeOdt = (blocks: readonly OdtBlock[]): Promise<Buffer> =>
  pack(
    'text',
    `<text:tracked-changes>${p('A deleted sentence.')}</text:tracked-changes>${blocks
      .map((block) => {
        if ('heading' in block) return `<text:h text:outline-level="${block.level}">${escapeXml(block.heading)}</text:h>`;
        if ('bullet' in block) return `<text:list><text:list-item>${p(block.bullet)}</text:list-item></text:list>`;
        return 'table' in block ? table('Table1', block.table) : p(block.text);
      })
      .join('')}`,
  );

export const makeOds = (sheets: readonly { name: string; rows: readonly (readonly string[])[] }[]): Promise<Buffer> =>
  pack('spreadsheet', sheets.map(({ name, rows }) => table(name, rows)).join(''));

export const makeOdp = (slides: readonly { title: string; lines: readonly string[] }[]): Promise<Buffer> =>
  pack(
    'presentation',
    slides
      .map(
        ({ title, lines }) =>
          `<draw:page><draw:frame presentation:class="title"><draw:text-box>${p(title)}</draw:text-box></draw:frame><draw:frame presentation:class="outline"><draw:text-box>${lines.map(p).join('')}</draw:text-box></draw:frame></draw:page>`,
      )
      .join(''),
  );

/** A book; its chapters are given as bodies of XHTML. */
export const makeEpub = (chapters: readonly string[], { title = 'A book', scrambled = false } = {}): Promise<Buffer> =>
  makeZip(
    {
      mimetype: 'application/epub+zip',
      'META-INF/container.xml':
        '<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles><rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
      ...(scrambled
        ? {
            'META-INF/encryption.xml':
              '<encryption xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData><enc:CipherData><enc:CipherReference URI="OEBPS/chapter1.xhtml"/></enc:CipherData></enc:EncryptedData></encryption>',
          }
        : {}),
      'OEBPS/book.opf': `<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>${escapeXml(title)}</dc:title></metadata><manifest>${chapters.map((_, at) => `<item id="c${at + 1}" href="chapter${at + 1}.xhtml" media-type="application/xhtml+xml"/>`).join('')}</manifest><spine>${chapters.map((_, at) => `<itemref idref="c${at + 1}"/>`).join('')}</spine></package>`,
      ...Object.fromEntries(
        chapters.map((body, at) => [
          `OEBPS/chapter${at + 1}.xhtml`,
          `<?xml version="1.0" encoding="UTF-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>Chapter ${at + 1}</title><style>p { color: red }</style></head><body>${body}</body></html>`,
        ]),
      ),
    },
    { stored: ['mimetype'] },
  );
