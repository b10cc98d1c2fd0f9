import type { PageWord } from '#contracts';
import { makePassages } from '#passages';
import type { PassageBox } from '#retrieval';
import { layOut } from '../layout/page-layout.ts';
import type { TurnedRun } from '../layout/runs.ts';
import type { PicturePassage, ReadPicture } from './protocol.ts';
import type { PictureLine, PictureWord } from './recogniser.ts';

interface Options {
  readonly filename: string;
  readonly title?: string;
  readonly page: number;
  /** Of the picture, in pixels. */
  readonly width: number;
  readonly height: number;
}

/** Below this a word is a speck, a line of a drawing, a part of a photograph. */
const MIN_CONFIDENCE = 0.3;
/** Lines whose letters differ by less are set in one size; what the engine measures varies with what the letters are. */
const SAME_SIZE = 0.2;

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The size that most lines are set in stands for all that come close to it. */
const evenSize = (lines: readonly PictureLine[]): ((height: number) => number) => {
  const heights = lines.map((line) => line.height).sort((a, b) => a - b);
  const usual = heights[heights.length >> 1] ?? 0;
  return (height) => (Math.abs(height - usual) <= SAME_SIZE * usual ? usual : height);
};

const runsOf = (lines: readonly PictureLine[]): TurnedRun[] => {
  const size = evenSize(lines);
  return lines.flatMap(({ words, y, height }) =>
    words.map(({ text, x0, x1 }) => ({ text, x: x0, y, width: x1 - x0, size: size(height), bold: false, turn: 0 as const })),
  );
};

const confidenceIn = (words: readonly PageWord[], boxes: readonly PassageBox[]): number | undefined => {
  const inside = words.filter(({ x, y, w, h }) =>
    boxes.some((box) => x + w / 2 >= box.x && x + w / 2 <= box.x + box.w && y + h / 2 >= box.y && y + h / 2 <= box.y + box.h),
  );
  return inside.length === 0 ? undefined : mean(inside.map((word) => word.confidence));
};

/** What was recognised in a picture as passages of its page, in reading order, each with how sure the words in it are. */
export const readPage = (recognised: readonly PictureLine[], { filename, title, page, width, height }: Options): ReadPicture => {
  const lines = recognised
    .map((line) => ({ ...line, words: line.words.filter((word) => word.confidence >= MIN_CONFIDENCE && word.text.trim() !== '') }))
    .filter((line) => line.words.length > 0);
  const words = lines.flatMap((line) =>
    line.words.map(({ text, x0, y0, x1, y1, confidence }: PictureWord): PageWord => ({
      text,
      x: rounded(x0 / width),
      y: rounded(y0 / height),
      w: rounded((x1 - x0) / width),
      h: rounded((y1 - y0) / height),
      confidence: rounded(confidence),
    })),
  );
  if (words.length === 0) return { passages: [], words: [], confidence: null };
  const confidence = mean(words.map((word) => word.confidence));
  const size = { width, height };
  const passages = makePassages({
    filename,
    ...(title === undefined ? {} : { title }),
    pages: [{ number: page, ...size, lines: layOut(runsOf(lines), size), keepsAll: true }],
  });
  return {
    passages: passages.map((passage): PicturePassage => ({ ...passage, confidence: rounded(confidenceIn(words, passage.boxes) ?? confidence) })),
    words,
    confidence: rounded(confidence),
  };
};
