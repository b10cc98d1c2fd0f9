import { describe, expect, test } from 'vitest';
import { makeEml, makeMsg } from '../../../test/support/files/mail.ts';
import { makeDocx, makePptx, makeXlsx } from '../../../test/support/files/office.ts';
import { makeEpub, makeOdp, makeOds, makeOdt } from '../../../test/support/files/open.ts';
import { readBytes, shown } from '../../../test/support/files/open-format.ts';
import { makeZip } from '../../../test/support/files/zip.ts';

describe('a Word document', () => {
  test('gives headings, lists, tables, notes and pages; its running head and deleted text are gone', async () => {
    const { type, document, pages } = await readBytes(
      await makeDocx(
        [
          { heading: 'Operation', level: 1 },
          { text: 'Open the valve slowly.', deleted: ' Or quickly.', note: 'Half a turn each minute.' },
          { bullet: 'Check the gauge' },
          { numbered: 'First step' },
          { numbered: 'Second step' },
          {
            table: [
              ['Pump', 'Limit'],
              ['Kestrel', '4 bar'],
            ],
          },
          { pageBreak: true },
          { heading: 'Safety', level: 2 },
          { text: 'Wear gloves.', bold: true },
        ],
        { title: 'Pump manual' },
      ),
    );
    expect(type).toMatch(/wordprocessingml/u);
    expect(document.title).toBe('Pump manual');
    expect(pages.map(shown)).toEqual([
      [
        '# Operation',
        'Open the valve slowly.',
        'Half a turn each minute.',
        '• Check the gauge',
        '1. First step',
        '2. Second step',
        'Pump | Limit',
        'Kestrel | 4 bar',
      ],
      ['## Safety', 'Wear gloves.'],
    ]);
    expect(pages[1]?.lines[1]?.bold).toBe(true);
  });
});

describe('a workbook', () => {
  test('is a page for each sheet; rows keep the names of their columns; dates and percentages read as such', async () => {
    const { pages } = await readBytes(
      await makeXlsx([
        {
          name: 'Orders',
          rows: [
            ['Order list 2026', '', ''],
            ['Customer', 'Due', 'Share'],
            ['Lind & Co', { date: 46_084 }, { percent: 0.125 }],
            ['Berg', { date: 46_085.5 }, { percent: 1 }],
          ],
        },
        { name: 'Notes', rows: [['Nothing here but words.']] },
      ]),
    );
    expect(pages.map(({ name }) => name)).toEqual(['Orders', 'Notes']);
    expect(pages[0]?.lines.map(({ text }) => text)).toEqual([
      'Orders',
      'Order list 2026',
      'Customer Due Share',
      'Customer: Lind & Co; Due: 2026-03-03; Share: 12.5 %',
      'Customer: Berg; Due: 2026-03-04 12:00; Share: 100 %',
    ]);
    expect(pages[0]?.lines[2]?.isHead).toBe(true);
  });

  test('a long sheet comes in parts, each of which knows its columns', async () => {
    const rows = [['Number', 'Name'], ...Array.from({ length: 1_200 }, (_, at) => [at + 1, `name${at + 1}`])];
    const { pages } = await readBytes(await makeXlsx([{ name: 'Long', rows }]));
    expect(pages.map(({ name }) => name)).toEqual(['Long · 1–500', 'Long · 501–1000', 'Long · 1001–1201']);
    expect(pages[2]).toMatchObject({ head: ['Number', 'Name'] });
    expect(pages[2]?.lines.at(-1)?.text).toBe('Number: 1200; Name: name1200');
  });
});

describe('a table of values', () => {
  test.each([
    ['semicolons in Windows-1252', Buffer.from('Ort;Größe\nKöln;12\n"Bad; Ort";7\nBonn;3\n', 'latin1'), 'Ort: Bad; Ort; Größe: 7'],
    ['tabs in UTF-16', Buffer.from('\uFEFFTown\tSize\nBath\t3\nYork\t4\nHull\t5\n', 'utf16le'), 'Town: York; Size: 4'],
    ['commas and quotes', Buffer.from('a,b,c\n1,"two, 2",3\n4,"say ""hi""",6\n7,8,9\n'), 'a: 4; b: say "hi"; c: 6'],
  ])('with %s is one whatever it is called', async (_, bytes, expected) => {
    const { type, pages } = await readBytes(bytes, 'export.txt');
    expect(type).toBe('text/csv');
    expect(pages[0]?.lines.map(({ text }) => text)).toContain(expected);
  });

  test('is not seen in prose, code and lists', async () => {
    for (const text of [
      'Dear Jon,\nthank you, it came.\nYours, Mara\nGreetings, all\n',
      'let a = 1;\nlet b = 2;\nlet c = 3;\nlet d;\n',
      '{"a":1,"b":2}\n{"a":3,"b":4}\n{"a":5,"b":6}\n',
      'One line.\nAnother line.\nA third.\n',
    ])
      expect((await readBytes(Buffer.from(text), 'notes.csv.txt')).type).toBe('text/plain');
  });
});

describe('a presentation', () => {
  test('is a page for each slide in the order shown, title first, notes below, furniture gone', async () => {
    const { pages } = await readBytes(
      await makePptx([
        {
          title: 'Results',
          lines: ['Sales rose.'],
          table: [
            ['Q1', 'Q2'],
            ['3', '4'],
          ],
          notes: 'Mention the harbour.',
        },
        { title: 'Outlook', lines: ['We expect rain.'] },
      ]),
    );
    expect(pages.map(({ name }) => name)).toEqual(['Results', 'Outlook']);
    expect(pages.map(shown)).toEqual([
      ['# Results', 'Sales rose.', 'Q1 | Q2', '3 | 4', '## Notes', 'Mention the harbour.'],
      ['# Outlook', 'We expect rain.'],
    ]);
  });
});

describe('OpenDocument', () => {
  test('text gives headings, lists and tables, without what was deleted', async () => {
    const { pages } = await readBytes(
      await makeOdt([
        { heading: 'Care', level: 2 },
        { text: 'Oil it.' },
        { bullet: 'monthly' },
        {
          table: [
            ['Part', 'Oil'],
            ['Hinge', 'thin'],
          ],
        },
      ]),
    );
    expect(pages.map(shown)).toEqual([['## Care', 'Oil it.', '• monthly', 'Part | Oil', 'Hinge | thin']]);
  });
  test('a spreadsheet gives its sheets, without its million empty cells', async () => {
    const { pages } = await readBytes(
      await makeOds([
        {
          name: 'Stock',
          rows: [
            ['Part', 'Count'],
            ['Bolt', '12'],
            ['Nut', '9'],
          ],
        },
      ]),
    );
    expect(pages.map(({ lines }) => lines.map(({ text }) => text))).toEqual([['Stock', 'Part Count', 'Part: Bolt; Count: 12', 'Part: Nut; Count: 9']]);
  });
  test('a presentation gives its slides', async () => {
    const { pages } = await readBytes(
      await makeOdp([
        { title: 'Plan', lines: ['Build.'] },
        { title: 'Costs', lines: ['Much.'] },
      ]),
    );
    expect(pages.map(shown)).toEqual([
      ['# Plan', 'Build.'],
      ['# Costs', 'Much.'],
    ]);
  });
});

describe('an e-book', () => {
  test('is a page for each chapter, named by its heading', async () => {
    const { document, pages } = await readBytes(
      await makeEpub(['<h1>The harbour</h1><p>It was cold.</p><script>alert(1)</script>', '<h1>The ship</h1><p>It left.</p>'], { title: 'Voyages' }),
    );
    expect(document.title).toBe('Voyages');
    expect(pages.map(({ name }) => name)).toEqual(['The harbour', 'The ship']);
    expect(pages.map(shown)).toEqual([
      ['# The harbour', 'It was cold.'],
      ['# The ship', 'It left.'],
    ]);
  });
  test('locked by its shop says so', async () => {
    await expect(readBytes(await makeEpub(['<p>x</p>'], { scrambled: true }))).rejects.toMatchObject({ reason: 'document_encrypted' });
  });
});

describe('an e-mail', () => {
  const attachments = [{ filename: 'Übersicht.txt', content: 'The words of the attachment.' }];
  test('gives its subject, people and words, and its attachments', async () => {
    const { type, document, pages } = await readBytes(
      makeEml({ subject: 'Lieferung für März', text: 'Die Pumpe kommt am Montag.', html: '<p>Other</p>', attachments }),
    );
    expect(type).toBe('message/rfc822');
    expect(pages.map(shown)).toEqual([
      ['# Lieferung für März', 'From: Mara Lind <mara@example.org>', 'To: Jon <jon@example.org>', 'Date: 2026-03-03 08:15', 'Die Pumpe kommt am Montag.'],
    ]);
    expect(document.attachments?.map(({ path, sizeBytes }) => ({ path, sizeBytes }))).toEqual([{ path: 'Übersicht.txt', sizeBytes: 28 }]);
    expect(Buffer.from(await document.attachments![0]!.bytes!()).toString()).toBe('The words of the attachment.');
  });
  test('of Outlook as well', async () => {
    const { type, document, pages } = await readBytes(makeMsg({ subject: 'Delivery', text: 'The pump comes on Monday.', attachments }));
    expect(type).toBe('application/vnd.ms-outlook');
    expect(pages.map(shown)).toEqual([['# Delivery', 'From: Mara Lind <mara@example.org>', 'To: Jon <jon@example.org>', 'The pump comes on Monday.']]);
    expect(document.attachments?.map(({ path }) => path)).toEqual(['Übersicht.txt']);
    expect(Buffer.from(await document.attachments![0]!.bytes!()).toString()).toBe('The words of the attachment.');
  });
  test('of HTML alone is read without its layout', async () => {
    const { pages } = await readBytes(
      makeEml({ subject: 'News', html: '<table><tr><td><p>First.</p><p>Second.</p></td></tr></table><script>alert(1)</script>' }),
    );
    expect(shown(pages[0]).slice(4)).toEqual(['First.', 'Second.']);
  });
});

describe('an archive', () => {
  test('lists its files and leaves out what systems leave behind', async () => {
    const { type, document, pages } = await readBytes(
      await makeZip({ 'a/report.txt': 'words', '__MACOSX/a/._report.txt': 'x', '.DS_Store': 'x', 'b.csv': 'x' }),
    );
    expect(type).toBe('application/zip');
    expect(shown(pages[0])).toEqual(['a/report.txt', 'b.csv']);
    expect(document.attachments?.map(({ path }) => path)).toEqual(['a/report.txt', 'b.csv']);
  });
});
