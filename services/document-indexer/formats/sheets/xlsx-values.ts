import type { Zip } from '../archive/zip.ts';
import { readXml } from '../xml/read-xml.ts';

/** Number formats that every workbook has without declaring them (ECMA-376, 18.8.30). */
const DATE_FORMATS = new Set([14, 15, 16, 17, 18, 19, 20, 21, 22, 45, 46, 47]);
const PERCENT_FORMATS = new Set([9, 10]);
const DAY_MS = 86_400_000;
/** Day 0 of the two calendars: 1900 has a 29 February that never was. */
const EPOCH = { 1900: Date.UTC(1899, 11, 30), 1904: Date.UTC(1904, 0, 1) } as const;
const LAST_DAY = 2_958_465;

type Kind = 'number' | 'date' | 'percent';

const kindOf = (id: number, code: string | undefined): Kind => {
  if (DATE_FORMATS.has(id)) return 'date';
  if (PERCENT_FORMATS.has(id)) return 'percent';
  if (code === undefined) return 'number';
  const bare = code.replace(/"[^"]*"|\[[^\]]*\]|\\./gu, '');
  if (/[ymdhs]/iu.test(bare) && !/general/iu.test(bare)) return 'date';
  return bare.includes('%') ? 'percent' : 'number';
};

/** The kind of number that each cell style shows. */
export const readKinds = async (zip: Zip, part: string | undefined): Promise<readonly Kind[]> => {
  const kinds: Kind[] = [];
  if (part === undefined || !zip.has(part)) return kinds;
  const codes = new Map<number, string>();
  let inCells = false;
  await readXml(await zip.stream(part), {
    open(name, { numFmtId = '0', formatCode = '' }) {
      if (name === 'numFmt') codes.set(Number(numFmtId), formatCode);
      else if (name === 'cellXfs') inCells = true;
      else if (name === 'xf' && inCells) kinds.push(kindOf(Number(numFmtId), codes.get(Number(numFmtId))));
    },
    close(name) {
      if (name === 'cellXfs') inCells = false;
    },
  });
  return kinds;
};

/** Fifteen digits are what a spreadsheet keeps; more is the noise of binary fractions. */
const written = (value: number): string => String(Number(value.toPrecision(15)));

const dateOf = (serial: number, calendar: 1900 | 1904): string => {
  const iso = new Date(EPOCH[calendar] + Math.round((serial * DAY_MS) / 1000) * 1000).toISOString();
  if (serial < 1) return iso.slice(11, 16);
  return serial % 1 === 0 ? iso.slice(0, 10) : `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;
};

/** A stored number as its cell shows it, near enough to be searched and read: ISO dates, percentages, plain numbers. */
export const showNumber = (raw: string, kind: Kind | undefined, calendar: 1900 | 1904): string => {
  const value = Number(raw);
  if (raw.trim() === '' || !Number.isFinite(value)) return raw;
  if (kind === 'percent') return `${written(value * 100)} %`;
  if (kind === 'date' && value >= 0 && value <= LAST_DAY) return dateOf(value, calendar);
  return written(value);
};
