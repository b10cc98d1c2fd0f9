import type { TextLine, TextPage } from './types.ts';

/** Levels of inferred headings: what is larger stands outside of what is bold, that outside of what is only numbered or in capitals. */
const LEVEL_BY_SIZE = [1, 2, 3] as const;
const LEVEL_BOLD = 4;
const LEVEL_CAPITALS = 5;

const MAX_HEADING_CHARS = 140;
const LARGER = 1.12;

const NUMBERED =
  /^(?:(?:item|part|note|chapter|section|article|annex|appendix|schedule|exhibit|teil|kapitel|abschnitt|anhang|artikel)\s+[\dIVXLC]+[A-Z]?\b|§\s*\d+|\d+(?:\.\d+)+\.?\s+\p{Lu})/iu;

interface Type {
  readonly bodySize: number;
  readonly sizes: readonly number[];
  /** Where most of the text is bold, weight says nothing. */
  readonly boldIsRare: boolean;
}

const round = (size: number): number => Math.round(size * 2) / 2;

/** What is the ordinary size of this document's letters, and which larger ones are in use (largest first). */
export const typeOf = (pages: readonly TextPage[]): Type => {
  const chars = new Map<number, number>();
  let bold = 0;
  let all = 0;
  for (const { lines } of pages) {
    for (const line of lines) {
      all += line.text.length;
      if (line.bold === true) bold += line.text.length;
      if (line.fontSize !== undefined) chars.set(round(line.fontSize), (chars.get(round(line.fontSize)) ?? 0) + line.text.length);
    }
  }
  const bodySize = [...chars].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
  const sizes = [...chars.keys()].filter((size) => size >= bodySize * LARGER).sort((a, b) => b - a);
  return { bodySize, sizes, boldIsRare: bold < all * 0.4 };
};

const looksLikeProse = (text: string): boolean => /[.;,]$/u.test(text) && !NUMBERED.test(text);
const letters = (text: string): string => text.replace(/[^\p{L}]/gu, '');
const isCapitals = (text: string): boolean => {
  const only = letters(text);
  return only.length >= 6 && only === only.toUpperCase() && only !== only.toLowerCase();
};

/** The heading level (1 outermost) of a line, or null when it is text. Formats that know say so; else size, weight, numbering and capitals tell. */
export const headingLevel = (line: TextLine, type: Type): number | null => {
  if (line.headingLevel !== undefined) return line.headingLevel;
  const text = line.text.trim();
  if (text.length > MAX_HEADING_CHARS || letters(text).length < 3 || (line.cells?.length ?? 0) > 1) return null;
  if (looksLikeProse(text)) return null;
  if (line.fontSize !== undefined && type.bodySize > 0 && line.fontSize >= type.bodySize * LARGER) {
    const rank = type.sizes.findIndex((size) => round(line.fontSize ?? 0) >= size);
    return LEVEL_BY_SIZE[Math.min(rank === -1 ? 2 : rank, 2)] ?? 3;
  }
  if (line.bold === true && type.boldIsRare) return LEVEL_BOLD;
  if (NUMBERED.test(text) && text.length < 100) return LEVEL_BOLD;
  if (isCapitals(text)) return LEVEL_CAPITALS;
  return null;
};
