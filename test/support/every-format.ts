import { makeEml, makeMsg } from './files/mail.ts';
import { makeDocx, makePptx, makeXlsx } from './files/office.ts';
import { makeEpub, makeOdp, makeOds, makeOdt } from './files/open.ts';
import { makeZip } from './files/zip.ts';
import { lines, makePdf } from './pdf.ts';
import { pictureOf, scannedPdf } from './scans.ts';

export interface FileOfFormat {
  filename: string;
  bytes: Buffer;
  /** Stands in this file alone. */
  word: string;
  /** Where it stands. */
  page: number;
  /** The document that holds it, when that is not the file itself. */
  within?: string;
}

const sentence = (word: string): string => `The ${word} valve is opened once a year by the caretaker.`;
const other = 'This part is about the garden, its hedges and its gravel paths.';

/** One file of every format that the box reads, each with a word of its own in the last of its pages. */
export const everyFormat = async (): Promise<FileOfFormat[]> => {
  const file = (filename: string, word: string, page: number, bytes: Buffer | string, within?: string): FileOfFormat => ({
    filename,
    bytes: Buffer.from(bytes as string),
    word,
    page,
    ...(within === undefined ? {} : { within }),
  });
  return [
    file('valves.pdf', 'Almandine', 2, makePdf([{ texts: lines([other]) }, { texts: lines([sentence('Almandine')]) }])),
    file('scan.pdf', 'Beryl', 2, scannedPdf([other, [sentence('Beryl')]])),
    file('photo.png', 'Citrine', 1, pictureOf([sentence('Citrine')])),
    file('letter.docx', 'Diamond', 2, await makeDocx([{ text: other }, { pageBreak: true }, { text: sentence('Diamond') }])),
    file(
      'sheet.xlsx',
      'Emerald',
      2,
      await makeXlsx([
        {
          name: 'Garden',
          rows: [
            ['What', 'Who'],
            ['Hedge', 'Jon'],
          ],
        },
        {
          name: 'Valves',
          rows: [
            ['Valve', 'Turns'],
            ['Emerald', 4],
          ],
        },
      ]),
    ),
    file(
      'slides.pptx',
      'Fluorite',
      2,
      await makePptx([
        { title: 'Garden', lines: [other] },
        { title: 'Valves', lines: [sentence('Fluorite')] },
      ]),
    ),
    file('letter.odt', 'Garnet', 1, await makeOdt([{ heading: 'Valves', level: 1 }, { text: sentence('Garnet') }])),
    file(
      'sheet.ods',
      'Heliodor',
      2,
      await makeOds([
        { name: 'Garden', rows: [['What'], ['Hedge']] },
        {
          name: 'Valves',
          rows: [
            ['Valve', 'Turns'],
            ['Heliodor', '4'],
          ],
        },
      ]),
    ),
    file(
      'slides.odp',
      'Iolite',
      2,
      await makeOdp([
        { title: 'Garden', lines: [other] },
        { title: 'Valves', lines: [sentence('Iolite')] },
      ]),
    ),
    file('book.epub', 'Jasper', 2, await makeEpub([`<h1>Garden</h1><p>${other}</p>`, `<h1>Valves</h1><p>${sentence('Jasper')}</p>`])),
    file('mail.eml', 'Kunzite', 1, makeEml({ subject: 'Valves', text: sentence('Kunzite') })),
    file('mail.msg', 'Larimar', 1, makeMsg({ subject: 'Valves', text: sentence('Larimar') })),
    file('rows.csv', 'Malachite', 1, 'Valve,Turns\nNone,0\nMalachite,4\n'),
    file('page.html', 'Nephrite', 1, `<!doctype html><title>Valves</title><h1>Valves</h1><p>${other}</p><p>${sentence('Nephrite')}</p>`),
    file('notes.md', 'Obsidian', 1, `# Garden\n\n${other}\n\n# Valves\n\n${sentence('Obsidian')}\n`),
    file('notes.txt', 'Peridot', 1, `${other}\n\n${sentence('Peridot')}\n`),
    file('archive.zip', 'Quartzite', 1, await makeZip({ 'inside/valve.txt': sentence('Quartzite') }), 'valve.txt'),
  ];
};
