import type { TextLine, TextPage } from './types.ts';

/** How many lines at either end of a page can be running heads or feet. */
const MARGIN_LINES = 4;
/** A line is furniture when it returns on this share of pages, and on no fewer than MIN_REPEATS of them. */
const REPEAT_SHARE = 0.25;
const MIN_REPEATS = 3;

const PAGE_NUMBER = /^(?:[-–—\s]*(?:page|seite|p\.|s\.)?\s*(?:[A-Z]-)?(?:\d{1,4}|[ivxlc]{1,6})(?:\s*(?:of|von|\/)\s*\d{1,4})?[-–—\s|]*)$/iu;

/** The same head on every page differs by its numbers only. */
const shape = (line: TextLine): string => line.text.toLowerCase().replace(/\d+/gu, '#').replace(/\s+/gu, ' ').trim();

const isMargin = (at: number, count: number): boolean => at < MARGIN_LINES || at >= count - MARGIN_LINES;

/** The pages without what repeats around the text: running heads, running feet and page numbers. A page keeps its number. */
export const withoutFurniture = (pages: readonly TextPage[]): TextPage[] => {
  const seen = new Map<string, Set<number>>();
  for (const page of pages) {
    if (page.keepsAll === true) continue;
    page.lines.forEach((line, at) => {
      if (!isMargin(at, page.lines.length)) return;
      const key = shape(line);
      const on = seen.get(key) ?? new Set();
      on.add(page.number);
      seen.set(key, on);
    });
  }
  const enough = Math.max(MIN_REPEATS, Math.ceil(pages.length * REPEAT_SHARE));
  return pages.map((page) => ({
    ...page,
    lines: page.lines.filter((line, at) => {
      if (page.keepsAll === true) return true;
      const count = page.lines.length;
      if (!isMargin(at, count)) return true;
      if (PAGE_NUMBER.test(line.text.trim()) && (at === 0 || at >= count - 2)) return false;
      return (seen.get(shape(line))?.size ?? 0) < enough;
    }),
  }));
};
