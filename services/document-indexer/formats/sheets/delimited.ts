import type { Row } from './rows.ts';

export type Delimiter = ',' | ';' | '\t' | '|';

/** A quoted field may hold line ends; one that never ends must not swallow the file. */
const MAX_FIELD_CHARS = 100_000;

/** The rows of delimited text (RFC 4180, with any delimiter). Empty lines are left out. */
export function* parseDelimited(text: string, delimiter: Delimiter): Generator<Row, void> {
  let [row, field, at]: [string[], string, number] = [[], '', 0];
  let quoted = false;
  const endRow = (): Row | undefined => {
    row.push(field.replace(/\s+/gu, ' ').trim());
    const done = row;
    [row, field] = [[], ''];
    return done.some((cell) => cell !== '') ? done : undefined;
  };
  while (at < text.length) {
    const sign = text[at]!;
    if (quoted) {
      const end = text.indexOf('"', at);
      const stop = end === -1 || end - at > MAX_FIELD_CHARS ? Math.min(text.length, at + MAX_FIELD_CHARS) : end;
      field += text.slice(at, stop);
      at = stop + 1;
      if (text[at] === '"' && stop === end) {
        field += '"';
        at++;
      } else quoted = false;
    } else if (sign === '"' && field.trim() === '') {
      [quoted, field] = [true, ''];
      at++;
    } else if (sign === delimiter) {
      row.push(field.replace(/\s+/gu, ' ').trim());
      field = '';
      at++;
    } else if (sign === '\n') {
      const done = endRow();
      if (done !== undefined) yield done;
      at++;
    } else {
      let stop = at;
      while (stop < text.length && text[stop] !== delimiter && text[stop] !== '\n') stop++;
      field += text.slice(at, stop);
      at = stop;
    }
  }
  const done = endRow();
  if (done !== undefined) yield done;
}
