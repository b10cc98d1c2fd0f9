import { describe, expect, test } from 'vitest';
import { idIn } from './id-in.ts';

const ID = '01923f4e-7a10-7c3e-8b55-2f1d9b0a4c11';

describe('the id in what was pasted', () => {
  test.each([
    ['the id alone', ID],
    ['with blanks and in capitals', `  ${ID.toUpperCase()} `],
    ['an address', `http://box:8080/documents/${ID}`],
    ['an address of a passage', `http://box:8080/documents/01923f4e-0000-7c3e-8b55-2f1d9b0a4c11?page=3&passage=${ID}`],
  ])('%s', (_, text) => expect(idIn(text)).toBe(ID));

  test('nothing else', () => {
    expect(idIn('report.pdf')).toBeNull();
    expect(idIn('')).toBeNull();
  });
});
