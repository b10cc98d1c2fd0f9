import { officeLimits } from '../archive/zip-limits.ts';
import { openZip, type Zip } from '../archive/zip.ts';
import type { Format } from '../format.ts';
import { inMemory } from '../whole-file.ts';
import { readXml } from '../xml/read-xml.ts';
import { cleanText } from './clean-text.ts';
import { createBodyWalk } from './docx-body.ts';
import { readNumbering } from './docx-numbering.ts';
import { readStyles } from './docx-styles.ts';
import { mainPart, readRelations, titleOf } from './relations.ts';

/** Foot or end notes by their number. */
const readNotes = async (zip: Zip, part: string | undefined, kind: 'foot' | 'end', into: Map<string, string>): Promise<void> => {
  if (part === undefined || !zip.has(part)) return;
  let [id, text, inText] = ['', '', false];
  await readXml(await zip.stream(part), {
    open(name, attributes) {
      if (name === 'footnote' || name === 'endnote') [id, text] = [attributes.id ?? '', ''];
      inText = name === 't';
      if (name === 'p' || name === 'tab') text += ' ';
    },
    close(name) {
      inText = false;
      if ((name === 'footnote' || name === 'endnote') && cleanText(text) !== '') into.set(`${kind} ${id}`, cleanText(text));
    },
    text: (piece) => void (text += inText ? piece : ''),
  });
};

/** A Word document. Its heads and feet are furniture, its macros and embedded objects are never opened. */
export const docx: Format = {
  mimeTypes: ['application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  hasPages: false,
  keepsPages: true,
  async open(source) {
    const zip = await openZip(source, officeLimits);
    const main = await mainPart(zip, 'word/document.xml');
    const relations = await readRelations(zip, main);
    const partOf = (type: string): string | undefined => relations.find((relation) => relation.type === type)?.part;
    const notes = new Map<string, string>();
    await readNotes(zip, partOf('footnotes'), 'foot', notes);
    await readNotes(zip, partOf('endnotes'), 'end', notes);
    const walk = createBodyWalk({ styleOf: await readStyles(zip, partOf('styles')), numbering: await readNumbering(zip, partOf('numbering')), notes });
    await readXml(await zip.stream(main), walk.handler);
    return inMemory(walk.pages, await titleOf(zip));
  },
};
