import { bottomOf, topOf, type Run } from './runs.ts';

/** Text without a wide gap in it. */
export interface Cell {
  readonly text: string;
  readonly x0: number;
  readonly x1: number;
  readonly size: number;
  /** Characters that are set in a bold face. */
  readonly boldChars: number;
}

/** What stands on one baseline. */
export interface Row {
  readonly top: number;
  readonly bottom: number;
  readonly cells: readonly Cell[];
}

/** Two runs stand on one line when they share this much of the lower one's height: superscripts do, the next line does not. */
const SAME_ROW_OVERLAP = 0.5;
/** A gap of this many font sizes parts two cells; word gaps of justified text stay below it. */
const CELL_GAP = 1.2;
/** Columns of numbers stand closer together than columns of words. */
const NUMBER_CELL_GAP = 0.7;
/** A gap of this many font sizes parts two words. pdf.js marks most spaces itself. */
const WORD_GAP = 0.18;

const NUMBER_LIKE = /^[([$€£¥]*[-–—]?\d[\d.,]*[%)\]]*$|^[-–—]$/u;
const LEADING_SYMBOL = /^(?:[$€£¥•▪●◦·–—*-]|[(]?(?:\d{1,2}|[a-z]|[ivx]{1,4})[).])$/iu;
const TRAILING_SYMBOL = /^[%)\]]+$/u;
const CURRENCY = /^[$€£¥]$/u;

interface OpenRow {
  top: number;
  bottom: number;
  readonly runs: Run[];
}

/** Puts runs that share a baseline together, top to bottom. Spaces that the content draws count too. */
const groupByBaseline = (runs: readonly Run[]): OpenRow[] => {
  const rows: OpenRow[] = [];
  for (const run of [...runs].sort((a, b) => a.y - b.y || a.x - b.x)) {
    const top = topOf(run);
    const bottom = bottomOf(run);
    const row = rows.slice(-4).find((open) => {
      const shared = Math.min(bottom, open.bottom) - Math.max(top, open.top);
      return shared >= SAME_ROW_OVERLAP * Math.min(bottom - top, open.bottom - open.top);
    });
    if (row === undefined) {
      rows.push({ top, bottom, runs: [run] });
      continue;
    }
    row.runs.push(run);
    // The extent stays that of the tallest run: letting it grow with every member would chain two lines together.
    if (bottom - top > row.bottom - row.top) Object.assign(row, { top, bottom });
  }
  return rows;
};

interface OpenCell {
  text: string;
  x0: number;
  x1: number;
  size: number;
  boldChars: number;
}

/** Bold made by drawing the same text twice, a hair apart. */
const isShadowOf = (run: Run, cell: OpenCell): boolean =>
  run.x + run.width <= cell.x1 + 0.3 * run.size && cell.text.endsWith(run.text) && Math.abs(cell.x1 - (run.x + run.width)) < 0.3 * run.size;

const lastWord = (text: string): string => text.slice(text.lastIndexOf(' ') + 1);
const firstWord = (text: string): string => text.split(' ', 1)[0] ?? '';

const isNewCell = (gap: number, cell: OpenCell, run: Run): boolean => {
  const size = Math.max(cell.size, run.size);
  if (gap >= CELL_GAP * size) return true;
  // The currency sign of the next column often stands close to the number of this one.
  if (CURRENCY.test(run.text.trim()) && NUMBER_LIKE.test(lastWord(cell.text))) return true;
  return gap >= NUMBER_CELL_GAP * size && NUMBER_LIKE.test(firstWord(run.text)) && NUMBER_LIKE.test(lastWord(cell.text));
};

const cellsOf = (runs: readonly Run[]): OpenCell[] => {
  const cells: OpenCell[] = [];
  let spaced = false;
  for (const run of [...runs].sort((a, b) => a.x - b.x)) {
    const text = run.text.trim();
    if (text === '') {
      spaced = true;
      continue;
    }
    const cell = cells.at(-1);
    const right = run.x + run.width;
    const bold = run.bold ? text.length : 0;
    const gap = cell === undefined ? 0 : run.x - cell.x1;
    if (cell === undefined || isNewCell(gap, cell, run)) {
      cells.push({ text, x0: run.x, x1: right, size: run.size, boldChars: bold });
    } else if (!isShadowOf({ ...run, text }, cell)) {
      const priced = CURRENCY.test(lastWord(cell.text)) && NUMBER_LIKE.test(firstWord(text));
      const parted = !priced && (spaced || gap >= WORD_GAP * run.size || run.text.startsWith(' '));
      cell.text += (parted ? ' ' : '') + text;
      cell.x1 = Math.max(cell.x1, right);
      cell.size = Math.max(cell.size, run.size);
      cell.boldChars += bold;
    }
    spaced = run.text.endsWith(' ');
  }
  return cells;
};

/** Whether a cell is only the sign in front of the next: "$" of a number, a bullet or "(a)" of a sentence. */
const leads = (before: OpenCell, place: number, cell: OpenCell): boolean => {
  if (CURRENCY.test(before.text)) return NUMBER_LIKE.test(cell.text);
  return place === 1 && LEADING_SYMBOL.test(before.text) && !NUMBER_LIKE.test(cell.text);
};

/** A currency sign, a bullet or a closing bracket that stands off is part of what it belongs to, not a column. */
const joinSymbols = (cells: readonly OpenCell[]): OpenCell[] => {
  const joined: OpenCell[] = [];
  for (const cell of cells) {
    const before = joined.at(-1);
    if (before !== undefined && (leads(before, joined.length, cell) || TRAILING_SYMBOL.test(cell.text))) {
      const tight = TRAILING_SYMBOL.test(cell.text) || CURRENCY.test(before.text);
      before.text += (tight ? '' : ' ') + cell.text;
      before.x1 = cell.x1;
      before.size = Math.max(before.size, cell.size);
      before.boldChars += cell.boldChars;
    } else {
      joined.push({ ...cell });
    }
  }
  return joined;
};

/** The rows of a page, top to bottom, each divided into cells where its gaps are wide. */
export const rowsOf = (runs: readonly Run[]): Row[] =>
  groupByBaseline(runs)
    .map(({ top, bottom, runs: members }) => ({ top, bottom, cells: joinSymbols(cellsOf(members)) }))
    .filter((row) => row.cells.length > 0)
    .sort((a, b) => a.top - b.top);
