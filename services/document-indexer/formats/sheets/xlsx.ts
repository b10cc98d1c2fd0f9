import { officeLimits } from '../archive/zip-limits.ts';
import { openZip, type Zip } from '../archive/zip.ts';
import type { Format } from '../format.ts';
import { cleanText } from '../office/clean-text.ts';
import { mainPart, readRelations, titleOf } from '../office/relations.ts';
import { readXml } from '../xml/read-xml.ts';
import { sheetPages } from './rows.ts';
import { countRows, readRows } from './xlsx-rows.ts';
import { readKinds } from './xlsx-values.ts';

/** The texts that cells refer to by number. */
const readShared = async (zip: Zip, part: string | undefined): Promise<string[]> => {
  const shared: string[] = [];
  if (part === undefined || !zip.has(part)) return shared;
  let [text, inText, isPhonetic] = ['', false, false];
  await readXml(await zip.stream(part), {
    open(name) {
      if (name === 'si') text = '';
      if (name === 'rPh') isPhonetic = true;
      inText = name === 't' && !isPhonetic;
    },
    close(name) {
      inText = false;
      if (name === 'rPh') isPhonetic = false;
      if (name === 'si') shared.push(cleanText(text));
    },
    text: (piece) => void (text += inText ? piece : ''),
  });
  return shared;
};

interface Workbook {
  readonly sheets: readonly { name: string; relation: string }[];
  readonly calendar: 1900 | 1904;
}

const readWorkbook = async (zip: Zip, part: string): Promise<Workbook> => {
  const sheets: { name: string; relation: string }[] = [];
  let calendar: 1900 | 1904 = 1900;
  await readXml(await zip.stream(part), {
    open(name, attributes) {
      if (name === 'workbookPr' && (attributes.date1904 === '1' || attributes.date1904 === 'true')) calendar = 1904;
      // A “very hidden” sheet is a program's own; people cannot open it in Excel either.
      if (name === 'sheet' && attributes.state !== 'veryHidden') sheets.push({ name: cleanText(attributes.name ?? ''), relation: attributes['r:id'] ?? '' });
    },
  });
  return { sheets, calendar };
};

/** An Excel workbook: a sheet is a page with its name, or several when it is long. Values as stored; formulas and macros are never computed. */
export const xlsx: Format = {
  mimeTypes: ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  hasPages: false,
  keepsPages: true,
  async open(source) {
    const zip = await openZip(source, officeLimits);
    const main = await mainPart(zip, 'xl/workbook.xml');
    const relations = await readRelations(zip, main);
    const partOf = (type: string): string | undefined => relations.find((relation) => relation.type === type)?.part;
    const { sheets, calendar } = await readWorkbook(zip, main);
    const needs = { shared: await readShared(zip, partOf('sharedStrings')), kinds: await readKinds(zip, partOf('styles')), calendar };
    const readable = [];
    for (const { name, relation } of sheets) {
      const part = relations.find(({ id, type }) => id === relation && type === 'worksheet')?.part;
      if (part === undefined || !zip.has(part)) continue; // a sheet that is a chart
      const rowCount = await countRows(await zip.stream(part));
      async function* rows() {
        yield* readRows(await zip.stream(part!), needs);
      }
      readable.push({ name, rowCount, rows });
    }
    const title = await titleOf(zip);
    return { ...sheetPages(readable), ...(title === undefined ? {} : { title }) };
  },
};
