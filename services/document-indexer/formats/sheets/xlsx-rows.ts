import { cleanText } from '../office/clean-text.ts';
import { walkXml } from '../xml/read-xml.ts';
import type { Row } from './rows.ts';
import { showNumber } from './xlsx-values.ts';

/** Columns beyond this are put one after the other, without their places. */
const MAX_COLUMNS = 256;

type Kinds = Parameters<typeof showNumber>[1];
interface Needs {
  readonly shared: readonly string[];
  readonly kinds: readonly Kinds[];
  readonly calendar: 1900 | 1904;
}

/** "BC12" -> 54 (0-based); -1 when the cell does not say. */
const columnOf = (reference: string | undefined): number => {
  const letters = /^[A-Z]{1,3}/u.exec(reference ?? '')?.[0] ?? '';
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
};

/** Rows that hold any value, counted in the bytes, without taking them apart. */
export const countRows = async (stream: AsyncIterable<Uint8Array>): Promise<number> => {
  let [count, tail, waiting] = [0, '', false];
  for await (const chunk of stream) {
    const text = tail + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
    let last = 0;
    for (const found of text.matchAll(/<(?:\w{1,8}:)?(row|v|is)[\s/>]/gu)) {
      last = found.index + found[0].length;
      if (found[1] === 'row') waiting = true;
      else if (waiting) {
        count++;
        waiting = false;
      }
    }
    tail = text.slice(Math.max(last, text.length - 16));
  }
  return count;
};

/** The rows of a worksheet that hold any value, as they are read. */
export async function* readRows(stream: AsyncIterable<Uint8Array>, { shared, kinds, calendar }: Needs): AsyncGenerator<Row, void> {
  let done: Row[] = [];
  let row: string[] = [];
  let cell: { column: number; type: string; style: number } | undefined;
  let [value, inValue, hasValue, isPhonetic] = ['', false, false, false];

  const show = (type: string, style: number): string => {
    if (type === 's') return shared[Number(value)] ?? '';
    if (type === 'b') return value === '1' ? 'TRUE' : 'FALSE';
    return type === 'n' || type === '' ? showNumber(value, kinds[style], calendar) : cleanText(value);
  };
  const walk = walkXml(stream, {
    open(name, attributes) {
      if (name === 'row') [row, hasValue] = [[], false];
      else if (name === 'c') {
        const column = columnOf(attributes.r);
        cell = { column: column === -1 || column >= MAX_COLUMNS ? row.length : column, type: attributes.t ?? '', style: Number(attributes.s) || 0 };
        value = '';
      } else if (name === 'rPh') isPhonetic = true;
      else if (name === 'v' || name === 'is') hasValue = true;
      inValue = name === 'v' || (name === 't' && !isPhonetic);
    },
    close(name) {
      inValue = false;
      if (name === 'rPh') isPhonetic = false;
      else if (name === 'c' && cell !== undefined) {
        const text = show(cell.type, cell.style);
        if (text !== '') {
          while (row.length < cell.column) row.push('');
          row[cell.column] = text;
        }
        cell = undefined;
      } else if (name === 'row' && hasValue) done.push(row);
    },
    text: (text) => void (value += inValue ? text : ''),
  });
  while (!(await walk.next()).done) {
    yield* done;
    done = [];
  }
  yield* done;
}
