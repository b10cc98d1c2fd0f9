import writeExcelFile, { type SheetData } from 'write-excel-file/node';
import type { ExtractionTable } from '#contracts';

const WIDE = 48;
const NARROW = 28;

/** One row for each document; each field with its value, and beside it the page and the words it comes from. */
const rowsOf = ({ fields, rows }: ExtractionTable): string[][] => [
  ['Document', ...fields.flatMap((field) => [field, `${field}: page`, `${field}: source`])],
  ...rows.map(({ filename, cells }) => [filename, ...cells.flatMap((cell) => (cell ? [cell.value, String(cell.page), cell.quote] : ['', '', '']))]),
];

/** What a spreadsheet would run as a formula is text. */
const quoted = (text: string): string => `"${(/^[=+\-@\t\r]/u.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;

/** For spreadsheets of all kinds: UTF-8 with its mark, lines as RFC 4180 has them. */
export const toCsv = (table: ExtractionTable): string =>
  `\uFEFF${rowsOf(table)
    .map((row) => row.map(quoted).join(','))
    .join('\r\n')}\r\n`;

export const toXlsx = (table: ExtractionTable): Promise<Buffer> => {
  const [head = [], ...rows] = rowsOf(table);
  const data: SheetData = [
    head.map((value) => ({ value, fontWeight: 'bold' as const })),
    ...rows.map((row) => row.map((value) => ({ value, type: String, wrap: true }))),
  ];
  return writeExcelFile(data, {
    columns: head.map((_, at) => ({ width: at === 0 || at % 3 === 1 ? NARROW : at % 3 === 2 ? 8 : WIDE })),
    stickyRowsCount: 1,
  }).toBuffer();
};
