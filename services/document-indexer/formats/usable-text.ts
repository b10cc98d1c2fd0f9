import type { TextLine } from '#retrieval';

/** A page with less than a short sentence may be a picture with a stamp or a page number on it. */
const MIN_CHARS = 25;
/** Where so many characters mean nothing, the file lacks the table that says which letters its glyphs are. */
const MAX_NOISE_SHARE = 0.3;

const NOISE = /[\uFFFD\p{Co}\p{Cn}\p{Cc}]/gu;
const MEANT = /[\p{L}\p{N}]/gu;

const count = (lines: readonly TextLine[], pattern: RegExp): number => lines.reduce((sum, { text }) => sum + (text.match(pattern)?.length ?? 0), 0);

const isNoise = (lines: readonly TextLine[]): boolean => {
  const noise = count(lines, NOISE);
  return noise > MAX_NOISE_SHARE * (noise + count(lines, MEANT));
};

/** Whether the text of a page is enough to do without its picture. */
export const isUsable = (lines: readonly TextLine[]): boolean => count(lines, MEANT) >= MIN_CHARS && !isNoise(lines);

/** Nothing, where the text is glyphs without a meaning. */
export const withoutNoise = (lines: readonly TextLine[]): readonly TextLine[] => (isNoise(lines) ? [] : lines);
