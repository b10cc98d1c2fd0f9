import { randomFillSync } from 'node:crypto';

// 32 letters, so that five bits of a byte choose one without bias; none that is misheard or misread.
const LETTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const ID_BYTES = 8;

// Random bytes in stock: asking for eight at a time costs more than the rest of the id.
const stock = new Uint8Array(ID_BYTES * 512);
let next = stock.length;

const letters = (from: number): string => {
  let text = '';
  for (let index = from; index < from + ID_BYTES / 2; index += 1) text += LETTERS[stock[index]! & 31];
  return text;
};

/** An id that a person can read out on the phone: `7F3K-2MQX`. */
export const newRequestId = (): string => {
  if (next === stock.length) {
    randomFillSync(stock);
    next = 0;
  }
  const at = next;
  next += ID_BYTES;
  return `${letters(at)}-${letters(at + ID_BYTES / 2)}`;
};
