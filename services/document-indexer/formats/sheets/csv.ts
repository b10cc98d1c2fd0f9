import { guessDelimiter } from '#file-types';
import { decodeText } from '../encoding.ts';
import type { Format } from '../format.ts';
import { readWhole } from '../whole-file.ts';
import { parseDelimited } from './delimited.ts';
import { sheetPages } from './rows.ts';

const MAX_BYTES = 64 * 2 ** 20;

/** Values with a delimiter between them, whichever it is and in any encoding. Rows keep the names of their columns. */
export const csv: Format = {
  mimeTypes: ['text/csv'],
  hasPages: false,
  keepsPages: true,
  async open(source) {
    const text = decodeText(readWhole(source, MAX_BYTES, 'CSV files'));
    const delimiter = guessDelimiter(text, { isLikely: true }) ?? ',';
    let rowCount = 0;
    for (const _ of parseDelimited(text, delimiter)) rowCount++;
    async function* rows() {
      yield* parseDelimited(text, delimiter);
    }
    return Promise.resolve(sheetPages([{ rowCount, rows }]));
  },
};
