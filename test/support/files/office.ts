import { escapeXml, makeZip, type Entries } from './zip.ts';

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const RELATION = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const relations = (items: readonly { id: string; type: string; target: string }[]): string =>
  `${XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${items
    .map(({ id, type, target }) => `<Relationship Id="${id}" Type="${RELATION}/${type}" Target="${target}"/>`)
    .join('')}</Relationships>`;
const contentTypes = `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`;
const core = (title: string): string =>
  `${XML}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>${escapeXml(title)}</dc:title></cp:coreProperties>`;

/** What a Word file is made of: headings, paragraphs, list items, tables, page breaks. */
export type DocxBlock =
  | { heading: string; level: number }
  | { text: string; bold?: boolean; deleted?: string; note?: string }
  | { bullet: string }
  | { numbered: string }
  | { table: readonly (readonly string[])[] }
  | { pageBreak: true };

const run = (text: string, properties = ''): string => `<w:r>${properties}<w:t xml:space="preserve">${escapeXml(text)}</w:t></w:r>`;
const paragraph = (inner: string, properties = ''): string => `<w:p>${properties === '' ? '' : `<w:pPr>${properties}</w:pPr>`}${inner}</w:p>`;

const blockXml = (block: DocxBlock, notes: string[]): string => {
  if ('heading' in block) return paragraph(run(block.heading), `<w:pStyle w:val="Heading${block.level}"/>`);
  if ('bullet' in block) return paragraph(run(block.bullet), '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>');
  if ('numbered' in block) return paragraph(run(block.numbered), '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="2"/></w:numPr>');
  if ('pageBreak' in block) return paragraph('<w:r><w:br w:type="page"/></w:r>');
  if ('table' in block)
    return `<w:tbl>${block.table.map((row) => `<w:tr>${row.map((cell) => `<w:tc>${paragraph(run(cell))}</w:tc>`).join('')}</w:tr>`).join('')}</w:tbl>`;
  const noted = block.note === undefined ? '' : `<w:r><w:footnoteReference w:id="${notes.push(block.note)}"/></w:r>`;
  const deleted = block.deleted === undefined ? '' : `<w:del><w:r><w:delText>${escapeXml(block.deleted)}</w:delText></w:r></w:del>`;
  return paragraph(run(block.text, block.bold === true ? '<w:rPr><w:b/></w:rPr>' : '') + deleted + noted);
};

const W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
export const docxEntries = (blocks: readonly DocxBlock[], { title = '', document }: { title?: string; document?: string } = {}): Entries => {
  const notes: string[] = [];
  const body = blocks.map((block) => blockXml(block, notes)).join('');
  return {
    '[Content_Types].xml': contentTypes,
    '_rels/.rels': relations([{ id: 'r1', type: 'officeDocument', target: 'word/document.xml' }]),
    'word/document.xml': document ?? `${XML}<w:document ${W}><w:body>${body}<w:sectPr/></w:body></w:document>`,
    'word/_rels/document.xml.rels': relations([
      { id: 's', type: 'styles', target: 'styles.xml' },
      { id: 'n', type: 'numbering', target: 'numbering.xml' },
      { id: 'f', type: 'footnotes', target: 'footnotes.xml' },
      { id: 'h', type: 'header', target: 'header1.xml' },
    ]),
    'word/styles.xml': `${XML}<w:styles ${W}>${[1, 2, 3].map((level) => `<w:style w:type="paragraph" w:styleId="Heading${level}"><w:name w:val="heading ${level}"/></w:style>`).join('')}</w:styles>`,
    'word/numbering.xml': `${XML}<w:numbering ${W}><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="o"/></w:lvl></w:abstractNum><w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num></w:numbering>`,
    'word/footnotes.xml': `${XML}<w:footnotes ${W}>${notes.map((note, at) => `<w:footnote w:id="${at + 1}">${paragraph(run(note))}</w:footnote>`).join('')}</w:footnotes>`,
    'word/header1.xml': `${XML}<w:hdr ${W}>${paragraph(run('Confidential running head'))}</w:hdr>`,
    'docProps/core.xml': core(title),
  };
};
export const makeDocx = (blocks: readonly DocxBlock[], options: { title?: string; document?: string } = {}): Promise<Buffer> =>
  makeZip(docxEntries(blocks, options));

export type Cell = string | number | { date: number } | { percent: number };
export interface Sheet {
  readonly name: string;
  readonly rows: readonly (readonly Cell[])[];
}

const columnName = (at: number): string => (at >= 26 ? columnName(Math.floor(at / 26) - 1) : '') + String.fromCharCode(65 + (at % 26));
const cellXml = (cell: Cell, place: string, shared: string[]): string => {
  if (cell === '') return '';
  if (typeof cell === 'number') return `<c r="${place}"><v>${cell}</v></c>`;
  if (typeof cell === 'object') return 'date' in cell ? `<c r="${place}" s="1"><v>${cell.date}</v></c>` : `<c r="${place}" s="2"><v>${cell.percent}</v></c>`;
  return `<c r="${place}" t="s"><v>${shared.push(cell) - 1}</v></c>`;
};

const S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
/** A workbook with shared strings, dates and percentages. */
export const makeXlsx = (sheets: readonly Sheet[]): Promise<Buffer> => {
  const shared: string[] = [];
  const parts = sheets.map(
    ({ rows }) =>
      `${XML}<worksheet ${S}><sheetData>${rows
        .map((row, at) => `<row r="${at + 1}">${row.map((cell, column) => cellXml(cell, `${columnName(column)}${at + 1}`, shared)).join('')}</row>`)
        .join('')}</sheetData></worksheet>`,
  );
  return makeZip({
    '[Content_Types].xml': contentTypes,
    '_rels/.rels': relations([{ id: 'r1', type: 'officeDocument', target: 'xl/workbook.xml' }]),
    'xl/workbook.xml': `${XML}<workbook ${S} xmlns:r="${RELATION}"><sheets>${sheets.map(({ name }, at) => `<sheet name="${escapeXml(name)}" sheetId="${at + 1}" r:id="s${at + 1}"/>`).join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relations([
      ...sheets.map((_, at) => ({ id: `s${at + 1}`, type: 'worksheet', target: `worksheets/sheet${at + 1}.xml` })),
      { id: 'st', type: 'styles', target: 'styles.xml' },
      { id: 'sh', type: 'sharedStrings', target: 'sharedStrings.xml' },
    ]),
    'xl/styles.xml': `${XML}<styleSheet ${S}><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="9"/></cellXfs></styleSheet>`,
    ...Object.fromEntries(parts.map((part, at) => [`xl/worksheets/sheet${at + 1}.xml`, part])),
    'xl/sharedStrings.xml': `${XML}<sst ${S}>${shared.map((text) => `<si><t>${escapeXml(text)}</t></si>`).join('')}</sst>`,
  });
};

export interface Slide {
  readonly title: string;
  readonly lines?: readonly string[];
  readonly table?: readonly (readonly string[])[];
  readonly notes?: string;
}

const A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"';
const textBody = (texts: readonly string[]): string =>
  `<p:txBody>${texts.map((text) => `<a:p><a:r><a:t>${escapeXml(text)}</a:t></a:r></a:p>`).join('')}</p:txBody>`;
const shape = (kind: string, texts: readonly string[]): string => `<p:sp><p:nvSpPr><p:nvPr><p:ph type="${kind}"/></p:nvPr></p:nvSpPr>${textBody(texts)}</p:sp>`;

/** A presentation; each slide has a number and a foot, which are furniture. */
export const makePptx = (slides: readonly Slide[], { title = '' } = {}): Promise<Buffer> => {
  const entries: Record<string, string> = {
    '[Content_Types].xml': contentTypes,
    '_rels/.rels': relations([{ id: 'r1', type: 'officeDocument', target: 'ppt/presentation.xml' }]),
    // In another order than their names.
    'ppt/presentation.xml': `${XML}<p:presentation ${A} xmlns:r="${RELATION}"><p:sldIdLst>${slides.map((_, at) => `<p:sldId id="${256 + at}" r:id="s${at + 1}"/>`).join('')}</p:sldIdLst></p:presentation>`,
    'ppt/_rels/presentation.xml.rels': relations(slides.map((_, at) => ({ id: `s${at + 1}`, type: 'slide', target: `slides/slide${slides.length - at}.xml` }))),
    'docProps/core.xml': core(title),
  };
  slides.forEach((slide, at) => {
    const number = slides.length - at;
    const table =
      slide.table === undefined
        ? ''
        : `<p:graphicFrame><a:graphic><a:graphicData><a:tbl>${slide.table.map((row) => `<a:tr>${row.map((cell) => `<a:tc><a:txBody><a:p><a:r><a:t>${escapeXml(cell)}</a:t></a:r></a:p></a:txBody></a:tc>`).join('')}</a:tr>`).join('')}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>`;
    entries[`ppt/slides/slide${number}.xml`] =
      `${XML}<p:sld ${A}><p:cSld><p:spTree>${shape('body', slide.lines ?? [])}${shape('title', [slide.title])}${shape('ftr', ['Northwind Confidential'])}${shape('sldNum', [String(at + 1)])}${table}</p:spTree></p:cSld></p:sld>`;
    if (slide.notes === undefined) return;
    entries[`ppt/slides/_rels/slide${number}.xml.rels`] = relations([{ id: 'n', type: 'notesSlide', target: `../notesSlides/notesSlide${number}.xml` }]);
    entries[`ppt/notesSlides/notesSlide${number}.xml`] =
      `${XML}<p:notes ${A}><p:cSld><p:spTree>${shape('sldNum', ['9'])}${shape('body', [slide.notes])}</p:spTree></p:cSld></p:notes>`;
  });
  return makeZip(entries);
};
