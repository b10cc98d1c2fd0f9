/** A number as a text gives it. */
export interface TextNumber {
  /** As written, with its sign of currency or percent. */
  readonly written: string;
  readonly start: number;
  readonly end: number;
  /** Absolute value, scale words counted in: "$17.6 billion" is 1.76e10. */
  readonly value: number;
  /** What half of the last written digit is worth: how far a rounded number may be off. */
  readonly tolerance: number;
  /** 1 unless the text names a scale (thousand, Mio., bn). */
  readonly scale: number;
  readonly percent: boolean;
}

const SCALES: readonly (readonly [RegExp, number])[] = [
  [/^(?:trillion|billionen)\b/iu, 1e12],
  [/^(?:billion|bn|mrd|milliarden?)\b/iu, 1e9],
  [/^(?:million(?:s|en)?|mio|mn)\b/iu, 1e6],
  [/^(?:thousand|tausend|tsd)\b/iu, 1e3],
];
/** Letters glued to a figure: 17.6B, 250M, 40k. */
const SUFFIXES: Readonly<Record<string, number>> = { k: 1e3, K: 1e3, m: 1e6, M: 1e6, B: 1e9, bn: 1e9, T: 1e12 };

const WORDS: Readonly<Record<string, number>> = {
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  zwei: 2,
  drei: 3,
  vier: 4,
  fünf: 5,
  sechs: 6,
  sieben: 7,
  acht: 8,
  neun: 9,
  zehn: 10,
  elf: 11,
  zwölf: 12,
};

const FIGURE =
  /(?<![\p{L}\d.,])([$€£¥]\s?)?(\d{1,3}(?:[.,'’\u202f ]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?)(?!\d|[.,]\d)(?:(k|K|m|M|B|bn|T)(?![\p{L}\d]))?(\s?%|\s?(?:percent|prozent)\b)?/giu;
/** FY2022, Q3: figures that letters are glued to still name a year or a period. */
const GLUED = /(?<=\p{L})((?:19|20)\d\d)(?!\d)/gu;

/** Digits and decimals of "17,606", "17.606,5", "1 234.5", "3,5". */
const parse = (figure: string): { value: number; decimals: number } => {
  const bare = figure.replace(/['’\u202f ]/gu, '');
  const last = Math.max(bare.lastIndexOf('.'), bare.lastIndexOf(','));
  const tail = last === -1 ? '' : bare.slice(last + 1);
  const separators = bare.match(/[.,]/gu) ?? [];
  // A single separator before exactly three digits parts thousands ("17,606"), unless it is "0.125".
  const grouped = last === -1 || (tail.length === 3 && new Set(separators).size === 1 && !/^0/u.test(bare));
  if (grouped) return { value: Number(bare.replace(/[.,]/gu, '')), decimals: 0 };
  return { value: Number(`${bare.slice(0, last).replace(/[.,]/gu, '')}.${tail}`), decimals: tail.length };
};

const scaleAfter = (text: string): { scale: number; length: number } => {
  const space = /^[\s\u00a0-]*/u.exec(text)?.[0].length ?? 0;
  for (const [pattern, scale] of SCALES) {
    const match = pattern.exec(text.slice(space));
    if (match !== null) return { scale, length: space + match[0].length };
  }
  return { scale: 1, length: 0 };
};

/** Every number of a text, in order, figures and the words from two to twelve ("one" says too little). */
export const numbersIn = (text: string): TextNumber[] => {
  const found: TextNumber[] = [];
  for (const match of text.matchAll(FIGURE)) {
    const [whole, , figure = '', suffix, percent] = match;
    const { value, decimals } = parse(figure);
    const end = match.index + whole.length;
    const named = suffix === undefined && percent === undefined ? scaleAfter(text.slice(end, end + 16)) : { scale: 1, length: 0 };
    const scale = (suffix === undefined ? 1 : (SUFFIXES[suffix] ?? 1)) * named.scale;
    found.push({
      written: text.slice(match.index, end + named.length).trim(),
      start: match.index,
      end: end + named.length,
      value: value * scale,
      tolerance: 0.5 * 10 ** -decimals * scale,
      scale,
      percent: percent !== undefined,
    });
  }
  for (const { 0: written, index } of text.matchAll(GLUED)) {
    found.push({ written, start: index, end: index + written.length, value: Number(written), tolerance: 0, scale: 1, percent: false });
  }
  for (const { 0: word, index } of text.matchAll(/\p{L}+/gu)) {
    const value = WORDS[word.toLowerCase()];
    if (value === undefined || value === 1) continue;
    found.push({ written: word, start: index, end: index + word.length, value, tolerance: 0, scale: 1, percent: false });
  }
  return found.sort((a, b) => a.start - b.start);
};

const TABLE_SCALES = [1, 1e3, 1e6, 1e9] as const;
const isYear = (number: TextNumber): boolean =>
  number.scale === 1 && !number.percent && Number.isInteger(number.value) && number.value >= 1900 && number.value <= 2100;
/** Whole numbers below this are compared exactly: "3 segments" is not "2.6 segments" rounded. */
const SMALL = 20;

/** Whether a source's number bears the one that was stated: equal, or equal once rounded as the statement rounds. A table may be in thousands or millions. */
export const bears = (source: TextNumber, stated: TextNumber): boolean => {
  if (isYear(stated) || (stated.scale === 1 && !stated.percent && stated.value < SMALL && Number.isInteger(stated.value))) return source.value === stated.value;
  // The stated scale may stand in the head of the table; a number that is stated without one must be found as it is.
  const scales = stated.scale > 1 && source.scale === 1 ? TABLE_SCALES : ([1] as const);
  return scales.some((scale) => {
    const off = Math.abs(source.value * scale - stated.value);
    return off <= stated.tolerance * (1 + 1e-9) && (stated.tolerance <= Math.abs(stated.value) * 0.1 || off === 0);
  });
};
