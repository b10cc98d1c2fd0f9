import { posix } from 'node:path';
import { officeLimits } from '../archive/zip-limits.ts';
import { openZip, type Zip } from '../archive/zip.ts';
import { decodeText } from '../encoding.ts';
import { UnreadableDocument, type Format } from '../format.ts';
import { readXml } from '../xml/read-xml.ts';
import { linesOfElement, tidy } from './html-lines.ts';
import { parsePage } from './parse-page.ts';

const MAX_NAME_CHARS = 120;

const packageOf = async (zip: Zip): Promise<string> => {
  let path: string | undefined;
  await readXml(await zip.stream('META-INF/container.xml'), {
    open: (name, attributes) => void (name === 'rootfile' && (path ??= attributes['full-path'])),
  });
  if (path === undefined || !zip.has(path))
    throw new UnreadableDocument('document_broken', 'The e-book does not say where its chapters are. Export or download it again.');
  return path;
};

/** A book whose chapters are encrypted can be read by the shop's own program alone; encrypted fonts do not matter. */
const requireUnlocked = async (zip: Zip): Promise<void> => {
  if (!zip.has('META-INF/encryption.xml')) return;
  await readXml(await zip.stream('META-INF/encryption.xml'), {
    open(name, { URI = '' }) {
      if (name === 'CipherReference' && /\.x?html?$/iu.test(URI))
        throw new UnreadableDocument('document_encrypted', 'The e-book is locked by its shop (DRM) and can only be read by the shop’s own program.');
    },
  });
};

const readPackage = async (zip: Zip, path: string): Promise<{ chapters: string[]; title: string | undefined }> => {
  const files = new Map<string, string>();
  const spine: string[] = [];
  let [title, inTitle]: [string, boolean] = ['', false];
  await readXml(await zip.stream(path), {
    open(name, { id = '', href = '', idref = '', 'media-type': type = '' }) {
      inTitle = name === 'title' && title === '';
      if (name === 'item' && /html|xml/u.test(type)) files.set(id, posix.join(posix.dirname(path), decodeURIComponent(href)));
      if (name === 'itemref') spine.push(idref);
    },
    close: () => void (inTitle = false),
    text: (text) => void (title += inTitle ? text : ''),
  });
  const chapters = spine.map((id) => files.get(id)).filter((file): file is string => file !== undefined && zip.has(file));
  return { chapters, title: tidy(title) === '' ? undefined : tidy(title) };
};

/** An e-book: a chapter is a page, named by its heading. Its scripts, styles and pictures are never opened. */
export const epub: Format = {
  mimeTypes: ['application/epub+zip'],
  hasPages: false,
  keepsPages: true,
  async open(source) {
    const zip = await openZip(source, officeLimits);
    await requireUnlocked(zip);
    const { chapters, title } = await readPackage(zip, await packageOf(zip));
    return {
      pageCount: chapters.length,
      ...(title === undefined ? {} : { title }),
      async readPage(number) {
        const { document } = await parsePage(decodeText(await zip.bytes(chapters[number - 1]!)));
        const lines = linesOfElement(document.body);
        const name = lines.find((line) => line.headingLevel !== undefined)?.text ?? tidy(document.querySelector('title')?.textContent ?? '');
        return { number, width: 0, height: 0, lines, ...(name === '' ? {} : { name: name.slice(0, MAX_NAME_CHARS) }) };
      },
      close: () => Promise.resolve(),
    };
  },
};
