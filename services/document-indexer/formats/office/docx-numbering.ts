import type { Zip } from '../archive/zip.ts';
import { readXml } from '../xml/read-xml.ts';

interface Level {
  readonly format: string;
  /** `%1.%2` */
  readonly text: string;
  readonly start: number;
}

const letterOf = (value: number): string => String.fromCharCode(97 + ((value - 1) % 26)).repeat(Math.min(8, Math.ceil(value / 26)));

const ROMAN = [
  [1000, 'm'],
  [900, 'cm'],
  [500, 'd'],
  [400, 'cd'],
  [100, 'c'],
  [90, 'xc'],
  [50, 'l'],
  [40, 'xl'],
  [10, 'x'],
  [9, 'ix'],
  [5, 'v'],
  [4, 'iv'],
  [1, 'i'],
] as const;
const romanOf = (value: number): string => {
  let [rest, text] = [Math.min(value, 3_999), ''];
  for (const [amount, sign] of ROMAN) {
    while (rest >= amount) {
      text += sign;
      rest -= amount;
    }
  }
  return text;
};

const written = (value: number, format: string): string => {
  if (format === 'lowerLetter') return letterOf(value);
  if (format === 'upperLetter') return letterOf(value).toUpperCase();
  if (format === 'lowerRoman') return romanOf(value);
  if (format === 'upperRoman') return romanOf(value).toUpperCase();
  return String(value);
};

export interface Numbering {
  /** The sign in front of the next paragraph of a list: "• ", "2.1 "; empty where the list shows none. */
  next(listId: string, level: number): string;
}

/** Word keeps a list's numbers out of the text; they are counted here as Word counts them. */
export const readNumbering = async (zip: Zip, part: string | undefined): Promise<Numbering> => {
  const abstract = new Map<string, Map<number, Level>>();
  const lists = new Map<string, string>();
  if (part !== undefined && zip.has(part)) {
    let [abstractId, level, format, text, start, listId] = ['', 0, 'decimal', '', 1, ''];
    await readXml(await zip.stream(part), {
      open(name, { val = '', abstractNumId, ilvl, numId }) {
        if (name === 'abstractNum') abstract.set((abstractId = abstractNumId ?? ''), new Map());
        else if (name === 'lvl') [level, format, text, start] = [Number(ilvl) || 0, 'decimal', '', 1];
        else if (name === 'numFmt') format = val;
        else if (name === 'lvlText') text = val;
        else if (name === 'start') start = Number(val) || 0;
        else if (name === 'num') listId = numId ?? '';
        else if (name === 'abstractNumId') lists.set(listId, val);
      },
      close(name) {
        if (name === 'lvl') abstract.get(abstractId)?.set(level, { format, text, start });
      },
    });
  }
  const counters = new Map<string, number[]>();
  return {
    next(listId, level) {
      const abstractId = lists.get(listId);
      const levels = abstract.get(abstractId ?? '');
      const own = levels?.get(level);
      if (levels === undefined || own === undefined || level > 8) return listId === '0' ? '' : '• ';
      if (own.format === 'bullet') return '• ';
      if (own.format === 'none') return '';
      const counts = counters.get(abstractId!) ?? [];
      counts[level] = (counts[level] ?? own.start - 1) + 1;
      counts.length = level + 1;
      counters.set(abstractId!, counts);
      const text = own.text.replace(/%([1-9])/gu, (_, place: string) => {
        const at = Number(place) - 1;
        return written(counts[at] ?? levels.get(at)?.start ?? 1, levels.get(at)?.format ?? 'decimal');
      });
      return text === '' ? '' : `${text} `;
    },
  };
};
