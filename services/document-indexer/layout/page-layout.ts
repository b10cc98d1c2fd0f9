import type { Box, TextLine } from '#retrieval';
import { inReadingOrder } from './columns.ts';
import { mendHyphens } from './hyphens.ts';
import { rowsOf, type Cell, type Row } from './rows.ts';
import { turnedBack, upright, type Area, type Turn, type TurnedRun } from './runs.ts';

interface PageSize {
  readonly width: number;
  readonly height: number;
}

/** A line is bold when most of its characters are. */
const BOLD_SHARE = 0.6;
const TURNS: readonly Turn[] = [0, 1, 2, 3];

// Four decimals of a page's width are 0.06 pt: finer than a screen shows, and half the size in the row.
const rounded = (value: number): number => Math.round(Math.min(1, Math.max(0, value)) * 1e4) / 1e4;

const boxOf = (area: Area, turn: Turn, page: PageSize): Box => {
  const { x, y, w, h } = turnedBack(area, turn, page);
  return { x: rounded(x / page.width), y: rounded(y / page.height), w: rounded(w / page.width), h: rounded(h / page.height) };
};

// Leaders of a table of contents say nothing; a NUL or half a surrogate pair would be refused by the database.
const clean = (text: string): string =>
  text
    .replace(/[\u0000-\u001f\u007f\ufffe\uffff]/gu, '')
    .replace(/(?:\s?\.){4,}\s?/gu, ' … ')
    .replace(/\p{Cs}/gu, '\uFFFD')
    .trim();

const lineOf = (row: Row, turn: Turn, page: PageSize): TextLine | undefined => {
  const cells = row.cells.map((cell) => ({ ...cell, text: clean(cell.text) })).filter((cell) => cell.text !== '');
  const first = cells[0];
  const last = cells.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const areaOf = (from: Cell, to: Cell): Box => boxOf({ x: from.x0, y: row.top, w: to.x1 - from.x0, h: row.bottom - row.top }, turn, page);
  const text = cells.map((cell) => cell.text).join(' ');
  const bold = cells.reduce((sum, cell) => sum + cell.boldChars, 0) >= BOLD_SHARE * text.length;
  return {
    text,
    box: areaOf(first, last),
    fontSize: Math.round(Math.max(...cells.map((cell) => cell.size)) * 10) / 10,
    ...(bold ? { bold } : {}),
    ...(cells.length > 1 ? { cells: cells.map((cell) => ({ text: cell.text, box: areaOf(cell, cell) })) } : {}),
  };
};

/**
 * The lines of a page in reading order from the runs that its content draws. Text that stands sideways (a margin note,
 * a landscape table on an upright page) comes after what reads the way that most of the page does.
 */
export const layOut = (runs: readonly TurnedRun[], page: PageSize): TextLine[] => {
  const chars = (turn: Turn): number => runs.reduce((sum, run) => sum + (run.turn === turn ? run.text.length : 0), 0);
  const lines = TURNS.map((turn) => ({ turn, chars: chars(turn) }))
    .filter((group) => group.chars > 0)
    .sort((a, b) => b.chars - a.chars)
    .flatMap(({ turn }) => {
      const rows = rowsOf(runs.filter((run) => run.turn === turn).map((run) => upright(run, page)));
      return inReadingOrder(rows).map((row) => lineOf(row, turn, page));
    });
  return mendHyphens(lines.filter((line) => line !== undefined));
};
