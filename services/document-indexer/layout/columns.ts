import type { Cell, Row } from './rows.ts';

/** Fewer lines than this side by side are a table or a signature block, not columns of prose. */
const MIN_COLUMN_ROWS = 6;
/** Half a column's lines must be this long, in characters and as a share of the column's width, and mostly letters. */
const MIN_LINE_CHARS = 18;
const MIN_FILL = 0.5;
const MIN_LETTERS = 0.7;
/** A gutter is looked for every so many points. */
const STEP = 4;
const MAX_DEPTH = 4;

interface Gutter {
  readonly x: number;
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  readonly rows: number;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

const looksLikeProse = (cells: readonly Cell[]): boolean => {
  const text = cells
    .map((cell) => cell.text)
    .join('')
    .replace(/\s/gu, '');
  const letters = text.replace(/\P{L}/gu, '').length;
  const width = Math.max(...cells.map((cell) => cell.x1)) - Math.min(...cells.map((cell) => cell.x0));
  return (
    letters >= MIN_LETTERS * text.length &&
    median(cells.map((cell) => cell.text.length)) >= MIN_LINE_CHARS &&
    median(cells.map((cell) => cell.x1 - cell.x0)) >= MIN_FILL * width
  );
};

const leftOf = (row: Row, x: number): Cell[] => row.cells.filter((cell) => cell.x1 <= x);
const rightOf = (row: Row, x: number): Cell[] => row.cells.filter((cell) => cell.x0 >= x);
const isCrossed = (row: Row, x: number): boolean => row.cells.some((cell) => cell.x0 < x && cell.x1 > x);

/** The longest stretches of rows that nothing crosses at `x`. */
const clearStretches = (rows: readonly Row[], x: number): { from: number; to: number }[] => {
  const stretches: { from: number; to: number }[] = [];
  let from = 0;
  for (let at = 0; at <= rows.length; at++) {
    const row = rows[at];
    if (row !== undefined && !isCrossed(row, x)) continue;
    if (at - from >= MIN_COLUMN_ROWS) stretches.push({ from, to: at });
    from = at + 1;
  }
  return stretches;
};

/** Neighbouring places in one gutter part the same cells: their verdict is worked out once. */
type Verdicts = Map<string, boolean>;

const gutterAt = (rows: readonly Row[], x: number, verdicts: Verdicts): Gutter | undefined => {
  let best: Gutter | undefined;
  for (const { from, to } of clearStretches(rows, x)) {
    const stretch = rows.slice(from, to);
    const left = stretch.filter((row) => leftOf(row, x).length > 0);
    const right = stretch.filter((row) => rightOf(row, x).length > 0);
    const count = Math.min(left.length, right.length);
    if (count < MIN_COLUMN_ROWS || count <= (best?.rows ?? 0)) continue;
    // The cells that touch the gutter decide: a column further out is found on the next level.
    const nearLeft = left.map((row) => leftOf(row, x).at(-1)!);
    const nearRight = right.map((row) => rightOf(row, x)[0]!);
    const key = `${from} ${to} ${nearLeft.length} ${nearRight.length} ${nearRight[0]!.x0}`;
    const verdict = verdicts.get(key) ?? (looksLikeProse(nearLeft) && looksLikeProse(nearRight));
    verdicts.set(key, verdict);
    if (verdict) best = { x, from, to, rows: count };
  }
  return best;
};

const findGutter = (rows: readonly Row[]): Gutter | undefined => {
  const x0 = Math.min(...rows.map((row) => row.cells[0]!.x0));
  const x1 = Math.max(...rows.map((row) => row.cells.at(-1)!.x1));
  const verdicts: Verdicts = new Map();
  let best: Gutter | undefined;
  for (let x = x0 + 0.15 * (x1 - x0); x < x0 + 0.85 * (x1 - x0); x += STEP) {
    const gutter = gutterAt(rows, x, verdicts);
    if (gutter !== undefined && gutter.rows > (best?.rows ?? 0)) best = gutter;
  }
  return best;
};

/**
 * Rows in reading order: columns of prose one after the other, the rows of a table left whole.
 * Rows above and below a pair of columns keep their place.
 */
export const inReadingOrder = (rows: readonly Row[], depth = 0): Row[] => {
  // Prose in columns shows itself by rows with a wide gap, or by rows on different baselines left and right; most pages have neither.
  if (depth > MAX_DEPTH || rows.length < MIN_COLUMN_ROWS) return [...rows];
  const gutter = findGutter(rows);
  if (gutter === undefined) return [...rows];
  const column = (pick: (row: Row, x: number) => Cell[]): Row[] =>
    rows
      .slice(gutter.from, gutter.to)
      .map((row) => ({ ...row, cells: pick(row, gutter.x) }))
      .filter((row) => row.cells.length > 0);
  return [
    ...inReadingOrder(rows.slice(0, gutter.from), depth + 1),
    ...inReadingOrder(column(leftOf), depth + 1),
    ...inReadingOrder(column(rightOf), depth + 1),
    ...inReadingOrder(rows.slice(gutter.to), depth + 1),
  ];
};
