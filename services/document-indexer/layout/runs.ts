/**
 * A piece of text as a page's content draws it, in points, origin at the top left of the page as it is shown.
 * `y` is the baseline; `size` the height of the font.
 */
export interface Run {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly size: number;
  readonly bold: boolean;
}

/** Quarter turns clockwise that text is rotated by against the page. */
export type Turn = 0 | 1 | 2 | 3;

export interface TurnedRun extends Run {
  readonly turn: Turn;
}

/** A rectangle in points, origin at the top left. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** How far a line of text reaches above and below its baseline, as shares of the font size. */
const ASCENT = 0.85;
const DESCENT = 0.25;

export const topOf = (run: Run): number => run.y - ASCENT * run.size;
export const bottomOf = (run: Run): number => run.y + DESCENT * run.size;

/** Turns a run so that it reads from left to right; its coordinates are then those of the turned page. */
export const upright = (run: TurnedRun, page: { width: number; height: number }): Run => {
  if (run.turn === 1) return { ...run, x: run.y, y: page.width - run.x };
  if (run.turn === 2) return { ...run, x: page.width - run.x, y: page.height - run.y };
  if (run.turn === 3) return { ...run, x: page.height - run.y, y: run.x };
  return run;
};

/** The way back of `upright`, for a rectangle. */
export const turnedBack = (area: Area, turn: Turn, page: { width: number; height: number }): Area => {
  if (turn === 1) return { x: page.width - area.y - area.h, y: area.x, w: area.h, h: area.w };
  if (turn === 2) return { x: page.width - area.x - area.w, y: page.height - area.y - area.h, w: area.w, h: area.h };
  if (turn === 3) return { x: area.y, y: page.height - area.x - area.w, w: area.h, h: area.w };
  return area;
};
