import { officeLimits } from '../archive/zip-limits.ts';
import { openZip, type Zip } from '../archive/zip.ts';
import { UnreadableDocument, type Format } from '../format.ts';
import { sheetPages } from '../sheets/rows.ts';
import { inMemory } from '../whole-file.ts';
import { readXml } from '../xml/read-xml.ts';
import { createContentWalk, type OpenDocumentPage } from './open-document-text.ts';
import { titleOf } from './relations.ts';

const requireUnlocked = async (zip: Zip): Promise<void> => {
  if (!zip.has('META-INF/manifest.xml')) return;
  await readXml(await zip.stream('META-INF/manifest.xml'), {
    open(name) {
      if (name === 'encryption-data')
        throw new UnreadableDocument('document_encrypted', 'The document is protected by a password. Save a copy without the password and upload that.');
    },
  });
};

const readPages = async (zip: Zip, kind: Parameters<typeof createContentWalk>[0]): Promise<OpenDocumentPage[]> => {
  await requireUnlocked(zip);
  const walk = createContentWalk(kind);
  await readXml(await zip.stream('content.xml'), walk.handler);
  return walk.pages;
};

/** A text of LibreOffice and its kin. */
export const odt: Format = {
  mimeTypes: ['application/vnd.oasis.opendocument.text'],
  hasPages: false,
  keepsPages: true,
  async open(source) {
    const zip = await openZip(source, officeLimits);
    const pages = await readPages(zip, 'text');
    return inMemory(
      pages.map(({ lines }) => lines),
      await titleOf(zip, 'meta.xml'),
    );
  },
};

/** A spreadsheet of LibreOffice and its kin: a sheet is a page. */
export const ods: Format = {
  mimeTypes: ['application/vnd.oasis.opendocument.spreadsheet'],
  hasPages: false,
  keepsPages: true,
  async open(source) {
    const zip = await openZip(source, officeLimits);
    const sheets = (await readPages(zip, 'spreadsheet')).map(({ name, rows }) => ({
      ...(name === undefined || name === '' ? {} : { name }),
      rowCount: rows.length,
      async *rows() {
        yield* await Promise.resolve(rows);
      },
    }));
    return sheetPages(sheets);
  },
};

/** A presentation of LibreOffice and its kin: a slide is a page. */
export const odp: Format = {
  mimeTypes: ['application/vnd.oasis.opendocument.presentation'],
  hasPages: false,
  keepsPages: true,
  async open(source) {
    const zip = await openZip(source, officeLimits);
    const pages = await readPages(zip, 'presentation');
    const title = await titleOf(zip, 'meta.xml');
    return {
      pageCount: pages.length,
      ...(title === undefined ? {} : { title }),
      readPage: (number) => {
        const { lines, name } = pages[number - 1]!;
        return Promise.resolve({ number, width: 0, height: 0, lines, keepsAll: true, ...(name === undefined ? {} : { name }) });
      },
      close: () => Promise.resolve(),
    };
  },
};
