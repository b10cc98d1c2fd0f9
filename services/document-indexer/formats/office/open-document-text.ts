import type { TextCell, TextLine } from '#retrieval';
import { countOpen, type Attributes, type XmlHandler } from '../xml/read-xml.ts';
import { cleanText } from './clean-text.ts';

/** Earlier versions, remarks and what only the program shows. */
const SKIPPED = ['tracked-changes', 'annotation', 'forms', 'ruby-text', 'index-body'] as const;
const MAX_HEADING = 6;
/** A cell may stand for thousands of empty ones up to the sheet's edge. */
const MAX_REPEAT = 64;
const MAX_REPEATED_ROWS = 10;

export interface OpenDocumentPage {
  lines: TextLine[];
  rows: string[][];
  name: string | undefined;
}

/** Walks `content.xml` of any OpenDocument file: headings, paragraphs, lists, tables; slides and sheets as pages. */
export const createContentWalk = (kind: 'text' | 'spreadsheet' | 'presentation') => {
  const pages: OpenDocumentPage[] = kind === 'text' ? [{ lines: [], rows: [], name: undefined }] : [];
  const open = countOpen();
  const paragraphs: { text: string; level: number | undefined; place: 'title' | 'body' }[] = [];
  const tables: { cells: TextCell[]; text: string; repeat: number; rowRepeat: number; value: string }[] = [];
  let [frame, breaksAfter]: ['title' | 'body', boolean] = ['body', false];
  let lead = '';

  const isSkipped = (): boolean => SKIPPED.some((name) => open.isIn(name));
  const page = (): OpenDocumentPage => {
    if (pages.length === 0) pages.push({ lines: [], rows: [], name: undefined });
    return pages.at(-1)!;
  };
  const put = (line: TextLine): void => void page().lines.push(line);

  const endParagraph = (text: string, level: number | undefined, place: 'title' | 'body'): void => {
    const words = cleanText(text);
    const table = tables.at(-1);
    if (words === '' || isSkipped()) return;
    if (table !== undefined) {
      table.text += `${table.text === '' ? '' : ' '}${words}`;
      return;
    }
    const heading = place === 'title' ? 1 : level;
    if (place === 'title') page().name ??= words.slice(0, 120);
    put({ text: lead + words, paragraphStart: true, ...(heading === undefined ? {} : { headingLevel: heading }) });
    lead = '';
  };
  const endRow = (table: (typeof tables)[number]): void => {
    const { cells, rowRepeat } = table;
    table.cells = [];
    table.rowRepeat = 1;
    while (cells.at(-1)?.text === '') cells.pop();
    if (cells.length === 0) return;
    if (kind === 'spreadsheet') {
      for (let times = 0; times < Math.min(rowRepeat, MAX_REPEATED_ROWS); times++) page().rows.push(cells.map((cell) => cell.text));
      return;
    }
    const text = cells
      .map((cell) => cell.text)
      .filter((each) => each !== '')
      .join(' ');
    const outer = tables.at(-2);
    if (outer !== undefined) outer.text += `${outer.text === '' ? '' : ' '}${text}`;
    else put({ text, paragraphStart: true, ...(cells.length > 1 ? { cells } : {}) });
  };

  const enterTable = (name: string, attributes: Attributes): void => {
    const table = tables.at(-1);
    if (name === 'table') {
      if (kind === 'spreadsheet' && tables.length === 0) pages.push({ lines: [], rows: [], name: cleanText(attributes.name ?? '') });
      tables.push({ cells: [], text: '', repeat: 1, rowRepeat: 1, value: '' });
    } else if (table !== undefined && name === 'table-row') {
      table.rowRepeat = Number(attributes['number-rows-repeated']) || 1;
    } else if (table !== undefined) {
      table.text = '';
      table.repeat = Math.min(MAX_REPEAT, Number(attributes['number-columns-repeated']) || 1);
      // The exact value; the text is what the cell shows of it.
      table.value = attributes['date-value'] ?? '';
    }
  };

  const handler: XmlHandler = {
    open(name, attributes) {
      open.enter(name);
      const paragraph = paragraphs.at(-1);
      if (name === 'p' || name === 'h')
        paragraphs.push({ text: '', level: name === 'h' ? Math.min(MAX_HEADING, Number(attributes['outline-level']) || 1) : undefined, place: frame });
      else if (name === 'list-item' && tables.length === 0) lead = '• ';
      else if (name === 'table' || name === 'table-row' || name === 'table-cell' || name === 'covered-table-cell') enterTable(name, attributes);
      else if (name === 'page' && kind === 'presentation') pages.push({ lines: [], rows: [], name: undefined });
      else if (name === 'frame') frame = attributes['presentation:class'] === 'title' ? 'title' : 'body';
      else if (name === 'notes' && kind === 'presentation') frame = 'body';
      else if (name === 'soft-page-break') breaksAfter = true;
      else if (paragraph !== undefined && name === 's') paragraph.text += ' ';
      else if (paragraph !== undefined && (name === 'tab' || name === 'line-break')) paragraph.text += ' ';
    },
    close(name) {
      const table = tables.at(-1);
      if (name === 'p' || name === 'h') {
        const paragraph = paragraphs.pop();
        if (paragraph !== undefined) endParagraph(paragraph.text, paragraph.level, paragraph.place);
      } else if ((name === 'table-cell' || name === 'covered-table-cell') && table !== undefined) {
        const text = kind === 'spreadsheet' && table.value !== '' ? table.value : table.text;
        for (let times = 0; times < table.repeat; times++) table.cells.push({ text });
        table.text = '';
      } else if (name === 'table-row' && table !== undefined) endRow(table);
      else if (name === 'table') tables.pop();
      else if (name === 'frame') frame = 'body';
      open.leave(name);
      if (kind === 'text' && breaksAfter && tables.length === 0 && paragraphs.length === 0) {
        breaksAfter = false;
        if (page().lines.length > 0) pages.push({ lines: [], rows: [], name: undefined });
      }
    },
    text(text) {
      const paragraph = paragraphs.at(-1);
      if (paragraph !== undefined && !isSkipped()) paragraph.text += text;
    },
  };
  return { handler, pages };
};
