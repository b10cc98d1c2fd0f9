import type { TextLine, TextPage } from '#retrieval';

/** A sheet's rows come in parts of this many: what the viewer shows at once, and what one page of it is. */
export const PART_ROWS = 500;
/** The row that names the columns stands among the first few, below a title. */
const HEAD_WITHIN = 10;
const MAX_LABEL_CHARS = 80;

export type Row = readonly string[];

const NUMBER_LIKE = /^[-+(]?[\d\s.,:/\u00a0-]*\d[\d\s.,:/%)\u00a0-]*$/u;

const filled = (row: Row): string[] => row.filter((cell) => cell !== '');

/** Which of a sheet's first rows names its columns, or -1: the first that holds words alone, all different, with as wide a row below. */
export const findHead = (rows: readonly Row[]): number =>
  rows.slice(0, HEAD_WITHIN).findIndex((row, at) => {
    const names = filled(row);
    const below = rows[at + 1];
    return (
      names.length >= 2 &&
      below !== undefined &&
      names.every((name) => !NUMBER_LIKE.test(name) && name.length <= MAX_LABEL_CHARS) &&
      new Set(names).size === names.length &&
      filled(below).length * 2 >= names.length &&
      // Where everything is words, only a first row of few of them is a head and not a row like the others.
      filled(below).length <= names.length
    );
  });

/** Words under the names of their columns, so that a row says by itself what it means: "Name: Anna; Town: Bremen". */
const labelled = (row: Row, head: Row): string =>
  row
    .map((cell, at) => (cell === '' ? '' : (head[at] ?? '') === '' ? cell : `${head[at]}: ${cell}`))
    .filter((cell) => cell !== '')
    .join('; ');

const lineOf = (row: Row, head: Row | undefined, isHead: boolean): TextLine | undefined => {
  const words = filled(row);
  if (words.length === 0) return undefined;
  return {
    text: head === undefined || isHead ? words.join(' ') : labelled(row, head),
    paragraphStart: true,
    ...(row.length > 1 ? { cells: row.map((text) => ({ text })) } : {}),
    ...(isHead ? { isHead: true } : {}),
  };
};

export interface Part {
  readonly number: number;
  /** The sheet's name; absent for a file that is one sheet. */
  readonly sheet?: string;
  /** 0-based, among the sheet's parts. */
  readonly part: number;
  readonly isOnly: boolean;
}

/** One part of a sheet as a page. `head` names the columns where the row that does so stands in an earlier part. */
export const partPage = ({ number, sheet, part, isOnly }: Part, rows: readonly Row[], head: Row | undefined): TextPage => {
  const at = part === 0 ? findHead(rows) : -1;
  const names = part === 0 ? rows[at] : head;
  const first = part * PART_ROWS + 1;
  const range = isOnly ? '' : `${first}–${first + rows.length - 1}`;
  const name = [sheet ?? '', range].filter((each) => each !== '').join(' · ');
  const lines = rows.map((row, index) => lineOf(row, index > at || part > 0 ? names : undefined, index === at && part === 0));
  return {
    number,
    width: 0,
    height: 0,
    lines: [...(sheet === undefined ? [] : [{ text: sheet, headingLevel: 1, paragraphStart: true }]), ...lines.filter((line) => line !== undefined)],
    keepsAll: true,
    ...(name === '' ? {} : { name }),
    ...(part > 0 && names !== undefined ? { head: names } : {}),
  };
};

interface Sheet {
  readonly name?: string;
  readonly rowCount: number;
  /** From the first row on, as they are read. */
  rows(): AsyncIterable<Row>;
}

/**
 * Sheets as pages of PART_ROWS rows. Rows are read as they are asked for, in order: a sheet of a million rows needs no more
 * memory than one of a thousand.
 */
export const sheetPages = (sheets: readonly Sheet[]) => {
  const parts = sheets.flatMap((sheet) => {
    const count = Math.max(1, Math.ceil(sheet.rowCount / PART_ROWS));
    return Array.from({ length: count }, (_, part) => ({ sheet, part, isOnly: count === 1 }));
  });
  let cursor: { sheet: Sheet; rows: AsyncIterator<Row>; part: number; head: Row | undefined } | undefined;

  const take = async (rows: AsyncIterator<Row>): Promise<Row[]> => {
    const taken: Row[] = [];
    while (taken.length < PART_ROWS) {
      const next = await rows.next();
      if (next.done === true) break;
      taken.push(next.value);
    }
    return taken;
  };

  return {
    pageCount: parts.length,
    async readPage(number: number): Promise<TextPage> {
      const wanted = parts[number - 1];
      if (wanted === undefined) return { number, width: 0, height: 0, lines: [] };
      if (cursor?.sheet !== wanted.sheet || cursor.part > wanted.part) {
        await cursor?.rows.return?.();
        cursor = { sheet: wanted.sheet, rows: wanted.sheet.rows()[Symbol.asyncIterator](), part: 0, head: undefined };
      }
      for (;;) {
        const rows = await take(cursor.rows);
        const part = cursor.part++;
        if (part === 0) cursor.head = rows[findHead(rows)];
        if (part === wanted.part) return partPage({ number, sheet: wanted.sheet.name, part, isOnly: wanted.isOnly }, rows, cursor.head);
      }
    },
    close: async (): Promise<void> => void (await cursor?.rows.return?.()),
  };
};
