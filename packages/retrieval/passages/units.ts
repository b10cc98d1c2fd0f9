import { sentenceSpans } from '../text/sentences.ts';
import { headingLevel, typeOf } from './headings.ts';
import type { Box, TextLine, TextPage } from './types.ts';

/** A stretch of a unit's text that stands in one line of the page. */
export interface LineSpan {
  readonly start: number;
  readonly end: number;
  readonly box: Box | null;
}

/** The smallest thing that a passage is packed from: a heading, a sentence or a table row. */
export interface Unit {
  readonly kind: 'heading' | 'sentence' | 'row';
  readonly text: string;
  readonly lines: readonly LineSpan[];
  /** Only for headings; 1 is outermost. */
  readonly level: number;
  /** Whether a new block (paragraph, row, heading) begins here: joined by a line feed instead of a space. */
  readonly opensBlock: boolean;
}

/** A gap above a line of more than this many line heights opens a paragraph. */
const PARAGRAPH_GAP = 0.75;
const LIST_ITEM = /^(?:[•●▪■◦‣·–—*-]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s+\S/u;
const isRow = (line: TextLine): boolean => (line.cells?.length ?? 0) > 1;

const opensParagraph = (line: TextLine, before: TextLine | undefined): boolean => {
  if (before === undefined || line.paragraphStart === true) return true;
  if (LIST_ITEM.test(line.text)) return true;
  if (line.box === undefined || before.box === undefined) return false;
  const gap = line.box.y - (before.box.y + before.box.h);
  const nextColumn = line.box.y + line.box.h < before.box.y;
  return !nextColumn && gap > Math.min(line.box.h, before.box.h) * PARAGRAPH_GAP;
};

/** Joins the lines of a paragraph; a word that is hyphenated over the end of a line is made whole. */
const joinLines = (lines: readonly TextLine[]): { text: string; spans: LineSpan[] } => {
  let text = '';
  const spans: LineSpan[] = [];
  for (const line of lines) {
    const piece = line.text.replaceAll('\u00AD', '').replace(/\s+/gu, ' ').trim();
    if (/\p{L}-$/u.test(text) && /^\p{Ll}/u.test(piece)) {
      text = text.slice(0, -1);
      const last = spans.at(-1);
      if (last !== undefined) spans[spans.length - 1] = { ...last, end: text.length };
    } else if (text !== '') text += ' ';
    spans.push({ start: text.length, end: text.length + piece.length, box: line.box ?? null });
    text += piece;
  }
  return { text, spans };
};

const paragraphUnits = (lines: readonly TextLine[]): Unit[] => {
  const { text, spans } = joinLines(lines);
  return sentenceSpans(text).map(({ start, end }, at) => ({
    kind: 'sentence' as const,
    text: text.slice(start, end),
    lines: spans
      .filter((span) => span.start < end && span.end > start)
      .map((span) => ({ start: Math.max(0, span.start - start), end: Math.min(end, span.end) - start, box: span.box })),
    level: 0,
    opensBlock: at === 0,
  }));
};

const wholeLine = (line: TextLine, kind: 'heading' | 'row', level = 0): Unit => {
  const text = line.text.replaceAll('\u00AD', '').replace(/\s+/gu, ' ').trim();
  return {
    kind,
    text,
    lines: [{ start: 0, end: text.length, box: line.box ?? null }],
    level,
    opensBlock: true,
  };
};

/** Turns each page's lines into headings, sentences and rows, in reading order. */
export const unitsOf = (pages: readonly TextPage[]): Unit[][] => {
  const type = typeOf(pages);
  return pages.map(({ lines }) => {
    const units: Unit[] = [];
    let paragraph: TextLine[] = [];
    const flush = (): void => {
      if (paragraph.length > 0) units.push(...paragraphUnits(paragraph));
      paragraph = [];
    };
    lines.forEach((line, at) => {
      if (line.text.trim() === '') return;
      const level = headingLevel(line, type);
      if (level !== null) {
        flush();
        units.push(wholeLine(line, 'heading', level));
      } else if (isRow(line)) {
        flush();
        units.push(wholeLine(line, 'row'));
      } else {
        if (opensParagraph(line, paragraph.length > 0 ? lines[at - 1] : undefined)) flush();
        paragraph.push(line);
      }
    });
    flush();
    return units;
  });
};
