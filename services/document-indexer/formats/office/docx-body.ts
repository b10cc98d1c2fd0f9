import type { TextCell, TextLine } from '#retrieval';
import { countOpen, type Attributes, type XmlHandler } from '../xml/read-xml.ts';
import { cleanText } from './clean-text.ts';
import type { Numbering } from './docx-numbering.ts';
import { MAX_HEADING, type Style } from './docx-styles.ts';

/** Text that Word keeps but does not show, or shows twice. */
const SKIPPED = ['del', 'moveFrom', 'Fallback', 'rt'] as const;
/** A cell that spans more columns than this is a mistake of the file. */
const MAX_SPAN = 64;
const MAX_NOTE_CHARS = 4_000;

interface Paragraph {
  text: string;
  boldChars: number;
  styleId?: string;
  outline?: number;
  list?: { id: string; level: number };
  notes: string[];
}

interface OpenTable {
  cells: TextCell[];
  cellText: string;
  span: number;
}

interface Needs {
  readonly styleOf: (id: string | undefined) => Style;
  readonly numbering: Numbering;
  readonly notes: ReadonlyMap<string, string>;
}

const isOn = (value: string | undefined): boolean => value !== '0' && value !== 'false' && value !== 'none';

/**
 * Walks a Word document's body: paragraphs, list items and headings by style, tables row by row, foot notes after the
 * paragraph that has them. A page ends where Word last broke it, at the end of the paragraph: a passage has one page.
 */
export const createBodyWalk = ({ styleOf, numbering, notes }: Needs) => {
  const pages: TextLine[][] = [[]];
  const open = countOpen();
  const paragraphs: Paragraph[] = [];
  const tables: OpenTable[] = [];
  let [bold, hidden, breaksAfter] = [false, false, false];

  const put = (line: TextLine): void => void pages.at(-1)!.push(line);
  const endPage = (): void => {
    if (breaksAfter && pages.at(-1)!.length > 0) pages.push([]);
    breaksAfter = false;
  };
  const isSkipped = (): boolean => hidden || SKIPPED.some((name) => open.isIn(name));
  const add = (text: string): void => {
    const paragraph = paragraphs.at(-1);
    if (paragraph === undefined || isSkipped()) return;
    paragraph.text += text;
    if (bold) paragraph.boldChars += text.length;
  };

  const endParagraph = ({ text, boldChars, styleId, outline, list, notes: noted }: Paragraph): void => {
    const style = styleOf(styleId);
    const words = cleanText(text);
    const inList = list ?? style.list;
    if (words === '' || style.isContents === true) return;
    const sign = inList === undefined || inList.id === '0' ? '' : numbering.next(inList.id, inList.level);
    const level = outline !== undefined && outline < 9 ? Math.min(MAX_HEADING, outline + 1) : style.headingLevel;
    const table = tables.at(-1);
    if (table !== undefined) {
      table.cellText += `${table.cellText === '' ? '' : ' '}${sign}${words}`;
    } else {
      const isBold = style.bold === true || boldChars >= 0.9 * text.trim().length;
      put({
        text: sign + words,
        paragraphStart: true,
        ...(level === undefined ? {} : { headingLevel: level }),
        ...(isBold && level === undefined ? { bold: true } : {}),
      });
    }
    for (const note of noted) put({ text: note, paragraphStart: true });
  };

  const endCell = (table: OpenTable): void => {
    table.cells.push({ text: table.cellText });
    for (let extra = 1; extra < Math.min(table.span, MAX_SPAN); extra++) table.cells.push({ text: '' });
    table.cellText = '';
    table.span = 1;
  };
  const endRow = (table: OpenTable): void => {
    const { cells } = table;
    table.cells = [];
    const text = cells
      .map((cell) => cell.text)
      .filter((each) => each !== '')
      .join(' ');
    if (text === '') return;
    const outer = tables.at(-2);
    // A table in a cell of another one is that cell's text.
    if (outer !== undefined) outer.cellText += `${outer.cellText === '' ? '' : ' '}${text}`;
    else put({ text, paragraphStart: true, ...(cells.length > 1 ? { cells } : {}) });
  };

  const property = (name: string, { val }: Attributes, paragraph: Paragraph): void => {
    if (name === 'pStyle') paragraph.styleId = val;
    else if (name === 'outlineLvl') paragraph.outline = Number(val);
    else if (name === 'ilvl') paragraph.list = { id: paragraph.list?.id ?? '', level: Number(val) || 0 };
    else if (name === 'numId') paragraph.list = { level: paragraph.list?.level ?? 0, id: val ?? '' };
  };

  const handler: XmlHandler = {
    open(name, attributes) {
      open.enter(name);
      const paragraph = paragraphs.at(-1);
      if (name === 'p') paragraphs.push({ text: '', boldChars: 0, notes: [] });
      else if (name === 'r') [bold, hidden] = [false, false];
      else if (name === 'tbl') tables.push({ cells: [], cellText: '', span: 1 });
      else if (name === 'gridSpan' && tables.length > 0) tables.at(-1)!.span = Number(attributes.val) || 1;
      else if (open.isIn('rPr')) {
        // The mark at a paragraph's end has properties of its own, which say nothing of its text.
        if (open.isIn('pPr')) return;
        if (name === 'b') bold = isOn(attributes.val);
        else if (name === 'vanish') hidden = isOn(attributes.val);
      } else if (open.isIn('pPr') && paragraph !== undefined) {
        property(name, attributes, paragraph);
        if (name === 'pageBreakBefore' && isOn(attributes.val) && tables.length === 0) {
          breaksAfter = true;
          endPage();
        }
      } else if (name === 'tab' || name === 'cr') add(' ');
      else if (name === 'br') {
        if (attributes.type === 'page') breaksAfter = true;
        else add(' ');
      } else if (name === 'lastRenderedPageBreak') {
        // At the head of a paragraph it stands before it, else in its midst.
        breaksAfter = true;
        if ((paragraph?.text ?? '').trim() === '' && tables.length === 0) endPage();
      } else if (name === 'noBreakHyphen') add('-');
      else if ((name === 'footnoteReference' || name === 'endnoteReference') && paragraph !== undefined && !isSkipped()) {
        const note = notes.get(`${name.startsWith('foot') ? 'foot' : 'end'} ${attributes.id}`);
        if (note !== undefined) paragraph.notes.push(note.slice(0, MAX_NOTE_CHARS));
      }
    },
    close(name) {
      open.leave(name);
      const table = tables.at(-1);
      if (name === 'r') [bold, hidden] = [false, false];
      else if (name === 'p') {
        const paragraph = paragraphs.pop();
        if (paragraph !== undefined) endParagraph(paragraph);
        if (table === undefined && paragraphs.length === 0) endPage();
      } else if (name === 'tc' && table !== undefined) endCell(table);
      else if (name === 'tr' && table !== undefined) {
        endRow(table);
        if (tables.length === 1) endPage();
      } else if (name === 'tbl') tables.pop();
    },
    text(text) {
      if (open.isIn('t')) add(text);
    },
  };
  return { handler, pages };
};
