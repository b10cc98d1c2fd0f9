import type { PassageBox, TextPage } from './types.ts';
import type { Unit } from './units.ts';

export interface PackedPassage {
  readonly page: number;
  readonly heading: readonly string[];
  readonly text: string;
  readonly boxes: readonly PassageBox[];
  /** The first words of the page: in reports and slides they name what the page is about. */
  readonly pageStart: string;
}

/**
 * Sizes in estimated word pieces, the unit in which embedding models count: figures cost several pieces each, so that a
 * passage of a table holds fewer words than one of prose. 160 pieces are about 120 words of prose.
 */
const TARGET_PIECES = 160;
const MAX_PIECES = 200;
/** A heading opens a new passage only when the one before it is at least this long. */
const MIN_PIECES = 48;
const MAX_WITH_ORPHAN = 230;
const PAGE_START_WORDS = 12;

/** About how many word pieces a text costs. Within 15 % of MiniLM's tokenizer on filings and abstracts. */
export const estimatePieces = (text: string): number => {
  let pieces = 0;
  for (const [token] of text.matchAll(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]|\p{L}+|\d+|[^\p{L}\d\s]/gu)) {
    if (/^\d/u.test(token)) pieces += Math.ceil(token.length / 2.5);
    else pieces += /^\p{L}/u.test(token) ? Math.ceil(token.length / 9) : 1;
  }
  return pieces;
};

/** A unit that is too long for one passage is cut between words. */
const cutLong = (unit: Unit): Unit[] => {
  if (estimatePieces(unit.text) <= MAX_PIECES) return [unit];
  const cuts: Unit[] = [];
  let start = 0;
  while (start < unit.text.length) {
    let end = unit.text.length;
    while (estimatePieces(unit.text.slice(start, end)) > TARGET_PIECES) {
      const half = start + Math.floor((end - start) * 0.8);
      const space = unit.text.lastIndexOf(' ', half);
      end = space > start ? space + 1 : half;
    }
    // Never between the halves of a character outside the basic plane.
    if (end < unit.text.length && /[\uD800-\uDBFF]/u.test(unit.text.charAt(end - 1))) end -= 1;
    const from = start;
    const text = unit.text.slice(from, end).trimEnd();
    const to = from + text.length;
    cuts.push({
      ...unit,
      text,
      lines: unit.lines
        .filter((line) => line.start < to && line.end > from)
        .map((line) => ({ ...line, start: Math.max(line.start, from) - from, end: Math.min(line.end, to) - from })),
      opensBlock: unit.opensBlock && from === 0,
    });
    start = end;
  }
  return cuts;
};

interface Open {
  units: Unit[];
  pieces: number;
  heading: readonly string[];
}

/** A few lines left over at the end of a page go with the passage before. */
const withoutOrphan = (onPage: readonly Open[]): readonly Open[] => {
  const last = onPage.at(-1);
  const before = onPage.at(-2);
  if (last === undefined || before === undefined || last.pieces >= MIN_PIECES || before.pieces + last.pieces > MAX_WITH_ORPHAN) return onPage;
  return [...onPage.slice(0, -2), { ...before, units: [...before.units, ...last.units], pieces: before.pieces + last.pieces }];
};

const close = (open: Open, page: number, pageStart: string): PackedPassage => {
  let text = '';
  const boxes: PassageBox[] = [];
  for (const unit of open.units) {
    if (text !== '') text += unit.opensBlock ? '\n' : ' ';
    for (const line of unit.lines) {
      if (line.box !== null) boxes.push({ page, ...line.box, start: text.length + line.start, end: text.length + line.end });
    }
    text += unit.text;
  }
  return { page, heading: open.heading, text, boxes, pageStart };
};

/** Packs the units of each page into passages of about TARGET_PIECES. A passage never goes over the end of a page. */
export const pack = (pages: readonly TextPage[], unitsByPage: readonly (readonly Unit[])[]): PackedPassage[] => {
  const passages: PackedPassage[] = [];
  const trail: { level: number; text: string }[] = [];
  pages.forEach((page, at) => {
    const units = (unitsByPage[at] ?? []).flatMap(cutLong);
    const pageStart = units
      .slice(0, 4)
      .map(({ text }) => text)
      .join(' ')
      .split(/\s+/u)
      .slice(0, PAGE_START_WORDS)
      .join(' ');
    let open: Open | null = null;
    const onPage: Open[] = [];
    const finish = (): void => {
      if (open !== null) onPage.push(open);
      open = null;
    };
    for (const unit of units) {
      const pieces = estimatePieces(unit.text);
      if (unit.kind === 'heading') {
        if (open !== null && open.pieces >= MIN_PIECES) finish();
        while ((trail.at(-1)?.level ?? 0) >= unit.level) trail.pop();
        trail.push({ level: unit.level, text: unit.text });
      }
      if (open !== null && open.pieces + pieces > (unit.kind === 'row' ? MAX_PIECES : TARGET_PIECES) && open.units.some(({ kind }) => kind !== 'heading'))
        finish();
      open ??= { units: [], pieces: 0, heading: trail.map(({ text }) => text) };
      if (open.units.every(({ kind }) => kind === 'heading')) open.heading = trail.map(({ text }) => text);
      open.units.push(unit);
      open.pieces += pieces;
    }
    finish();
    // The largest type of a first page titles the document, which every passage is headed with anyway.
    if (page.number === 1 && pages.length > 2) trail.splice(0, trail.filter(({ level }) => level === 1).length);
    passages.push(...withoutOrphan(onPage).map((each) => close(each, page.number, pageStart)));
  });
  return passages;
};
