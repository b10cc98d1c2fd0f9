import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makePassages } from './make-passages.ts';
import { estimatePieces } from './pack.ts';
import type { TextLine, TextPage } from './types.ts';

const HEIGHT = 0.015;
const line = (text: string, y: number, rest: Partial<TextLine> = {}): TextLine => ({ text, box: { x: 0.1, y, w: 0.8, h: HEIGHT }, fontSize: 10, ...rest });
const row = (y: number, ...cells: string[]): TextLine => line(cells.join(' '), y, { cells: cells.map((text) => ({ text })) });
const page = (number: number, lines: readonly TextLine[]): TextPage => ({ number, width: 612, height: 792, lines });
const words = (count: number, word = 'alpha'): string => Array.from({ length: count }, (_, at) => `${word}${at % 7 === 6 ? '.' : ''}`).join(' ');
const make = (pages: readonly TextPage[], filename = 'report.pdf') => makePassages({ filename, language: 'en', pages });

describe('what a passage is', () => {
  const statement = page(1, [
    line('Consolidated Balance Sheets', 0.1, { fontSize: 14, bold: true }),
    row(0.14, 'In millions', '2022', '2021'),
    row(0.16, 'Cash and equivalents', '4,236', '3,844'),
    row(0.18, 'Total assets', '27,165', '27,241'),
    line('See the notes to these statements.', 0.24),
  ]);

  test('a heading opens it, and rows stay rows', () => {
    const [first] = make([statement], 'ADOBE_2022_10K.pdf');
    expect(first).toMatchObject({
      index: 0,
      page: 1,
      pageEnd: 1,
      heading: ['Consolidated Balance Sheets'],
      text: 'Consolidated Balance Sheets\nIn millions 2022 2021\nCash and equivalents 4,236 3,844\nTotal assets 27,165 27,241\nSee the notes to these statements.',
      language: 'en',
    });
  });

  test('the header names document and place and is no part of the text', () => {
    const [first] = make([statement], 'ADOBE_2022_10K.pdf');
    expect(first?.contextHeader.split('\n')[0]).toBe('ADOBE 2022 10K');
    expect(first?.text).not.toContain('ADOBE');
  });

  test('boxes say which part of the text stands where', () => {
    const [first] = make([statement]);
    expect(first?.boxes.map(({ start, end }) => first.text.slice(start, end))).toEqual(first?.text.split('\n'));
    expect(first?.boxes[2]).toMatchObject({ page: 1, x: 0.1, y: 0.16, w: 0.8, h: HEIGHT });
  });

  test('prose is joined, its broken words are mended, its boxes remain by line', () => {
    const [first] = make([page(1, [line('The acquisi-', 0.1), line('tion closed in May.', 0.115), line('It cost 3.5 million.', 0.13)])]);
    expect(first?.text).toBe('The acquisition closed in May. It cost 3.5 million.');
    expect(first?.boxes.map(({ start, end }) => first.text.slice(start, end))).toEqual(['The acquisi', 'tion closed in May.', 'It cost 3.5 million.']);
  });

  test('running heads and page numbers are dropped, once they repeat', () => {
    const pages = Array.from({ length: 5 }, (_, at) =>
      page(at + 1, [line('Annual Report 2022', 0.02), line(`Body of page ${'abcde'[at]} with words.`, 0.4), line(String(at + 1), 0.97)]),
    );
    expect(make(pages).map(({ text }) => text)).toEqual(['a', 'b', 'c', 'd', 'e'].map((letter) => `Body of page ${letter} with words.`));
  });

  test('a later passage of a page is headed by the page’s first words', () => {
    const passages = make([
      page(1, [
        line('Statement of Income', 0.05, { fontSize: 14 }),
        ...Array.from({ length: 30 }, (_, at) => row(0.1 + at * 0.02, `Line item number ${at}`, '1,234,567', '7,654,321')),
      ]),
    ]);
    expect(passages.length).toBeGreaterThan(1);
    expect(passages.at(-1)?.contextHeader).toContain('Statement of Income');
    expect(passages.at(-1)?.text).not.toContain('Statement of Income');
  });
});

describe('names of documents', () => {
  const named = (filename: string, text: string, title?: string): string | undefined =>
    makePassages({ filename, title, language: 'en', pages: [page(1, [line(text, 0.1)])] })[0]?.contextHeader.split('\n')[0];
  test.each([
    ['BESTBUY_2024Q2_10Q.pdf', 'Best Buy grew. At Best Buy, see our 10-Q. The 10-Q says so.', undefined, 'Best Buy 2024 Q2 10-Q'],
    ['quarterlyReport-Q22023.pdf', 'Nothing.', undefined, 'quarterly Report Q2 2023'],
    ['scan_0001.pdf', 'Nothing.', 'Lease of the Lisbon office', 'Lease of the Lisbon office'],
    ['mietvertrag.pdf', 'Nichts.', '0000764478-23-000006', 'mietvertrag'],
  ])('%s', (filename, text, title, expected) => expect(named(filename, text, title)).toBe(expected));
});

describe('promises for any document', () => {
  const anyLine = fc.oneof(
    fc.lorem({ maxCount: 12 }).map((text) => ({ text, fontSize: 10 })),
    fc.lorem({ maxCount: 3 }).map((text) => ({ text, fontSize: 16 })),
    fc
      .tuple(fc.lorem({ maxCount: 3 }), fc.nat(99_999), fc.nat(99_999))
      .map(([label, a, b]) => ({ text: `${label} ${a} ${b}`, cells: [{ text: label }, { text: String(a) }, { text: String(b) }], fontSize: 10 })),
    fc
      .string({ minLength: 1, maxLength: 30 })
      .filter((text) => text.trim() !== '')
      .map((text) => ({ text })),
  );
  const anyPages = fc.array(fc.array(anyLine, { maxLength: 40 }), { minLength: 1, maxLength: 2 }).map((all) =>
    all.map((lines, at) =>
      page(
        at + 1,
        lines.map((each, n): TextLine => line(each.text, n * 0.02, each)),
      ),
    ),
  );
  const letters = (text: string): string => text.replace(/[\s-]/gu, '');

  test('no text is lost or made up, no passage is too long for the model, boxes stay inside the text', () => {
    fc.assert(
      fc.property(anyPages, (pages) => {
        const passages = make(pages);
        const given = pages.flatMap(({ lines }) => lines.map(({ text }) => text.replaceAll('\u00AD', ''))).join('');
        // Two pages never make furniture of anything but a page number.
        const numbers = pages.some(({ lines }) => lines.some(({ text }) => /^[\s\d\p{P}ivxlcIVXLC]+$/u.test(text)));
        if (!numbers) expect(letters(passages.map(({ text }) => text).join(''))).toBe(letters(given));
        passages.forEach((passage, at) => {
          expect(passage.index).toBe(at);
          expect(estimatePieces(passage.text)).toBeLessThanOrEqual(240);
          for (const box of passage.boxes) {
            expect(box.page).toBe(passage.page);
            expect(box.start).toBeGreaterThanOrEqual(0);
            expect(box.end).toBeLessThanOrEqual(passage.text.length);
          }
        });
      }),
      { numRuns: 200 },
    );
  });

  test('the same document gives the same hashes; changed text another one', () => {
    const first = make([page(1, [line(words(60), 0.1)])]);
    expect(make([page(1, [line(words(60), 0.1)])]).map(({ contentHash }) => contentHash)).toEqual(first.map(({ contentHash }) => contentHash));
    expect(make([page(1, [line(words(60, 'beta'), 0.1)])])[0]?.contentHash).not.toBe(first[0]?.contentHash);
  });

  test('a text without a single space is cut all the same', () => {
    const passages = make([page(1, [line('漢'.repeat(3_000), 0.1), line('x'.repeat(5_000), 0.2)])]);
    expect(passages.length).toBeGreaterThan(2);
    const emoji = make([page(1, [line('😀'.repeat(2_000), 0.1)])]);
    expect(emoji.map(({ text }) => text).join('')).toBe('😀'.repeat(2_000));
    expect(emoji.every(({ text }) => text.isWellFormed())).toBe(true);
  });

  test('nothing gives nothing', () => {
    expect(make([])).toEqual([]);
    expect(make([page(1, [])])).toEqual([]);
  });
});
