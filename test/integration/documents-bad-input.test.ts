import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBox, type Box, type Person } from '../support/box.ts';
import { startIndexing, uploaded, whenDocument } from '../support/indexing.ts';
import { lines, makePdf, prosePage, prosePdf } from '../support/pdf.ts';

describe('bad documents', { timeout: 120_000 }, () => {
  let box: Box;
  let owner: Person;
  let indexing: Awaited<ReturnType<typeof startIndexing>>;

  beforeAll(async () => {
    box = await startBox();
    owner = await box.owner();
    indexing = await startIndexing(box, { limits: { pageTimeoutMs: 3_000 } });
  });
  afterAll(async () => {
    await indexing.stop();
    await box.stop();
  });

  const outcome = async (filename: string, body: Uint8Array | string) => whenDocument(box, owner, await uploaded(box, owner, filename, body));
  const passagesOf = async (id: string): Promise<{ text: string; page: number }[]> =>
    (await box.request('GET', `/api/v1/documents/${id}/passages?limit=200`, { as: owner })).body.items;

  const whole = prosePdf(4);
  test.each([
    ['encrypted', 'secret.pdf', makePdf([prosePage(1)], { password: 'secret' }), 'document_encrypted', /password/u],
    ['scanned', 'scan.pdf', makePdf([{ picture: true }, { picture: true }]), 'document_scanned', /None of its 2 pages holds text.*no words were recognised/u],
    ['empty', 'empty.txt', '', 'document_empty', /no text/u],
    ['blank', 'blank.md', '\n \n\t\n', 'document_empty', /no text/u],
    ['cut off within its first page', 'cut.pdf', whole.subarray(0, 300), 'document_broken', /damaged or cut off/u],
    [
      'broken',
      'broken.pdf',
      Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.from('no object in here '.repeat(500))]),
      'document_broken',
      /damaged or cut off/u,
    ],
  ])('a document that is %s fails with its own sentence', async (_kind, filename, body, code, message) => {
    const failed = await outcome(filename, body);
    expect(failed).toMatchObject({ status: 'failed', error: { code, message: expect.stringMatching(message) }, passages: 0 });
    expect(failed.error.message).toMatch(/\.$/u);
  });

  test('a protected PDF asks for its password, refuses a wrong one, and forgets the right one', async () => {
    const id = await uploaded(box, owner, 'locked.pdf', makePdf([{ texts: lines(['The wombat vault opens at nine.']) }], { password: 'opensesame' }));
    await whenDocument(box, owner, id);
    const give = async (password: string, as = owner) => box.request('POST', `/api/v1/documents/${id}/password`, { as, body: { password } });
    expect((await give('wrong')).status).toBe(200);
    expect(await whenDocument(box, owner, id)).toMatchObject({ status: 'failed', error: { code: 'document_password_wrong' } });
    expect((await give('opensesame')).status).toBe(200);
    expect(await whenDocument(box, owner, id)).toMatchObject({ status: 'indexed', pages: 1 });
    expect((await passagesOf(id))[0]!.text).toBe('The wombat vault opens at nine.');
    const row = await box.database.db.selectFrom('documents').select('sealed_password').where('id', '=', id).executeTakeFirstOrThrow();
    expect(row.sealed_password).toBeNull();
    expect(await give('again')).toMatchObject({ status: 409, body: { error: { code: 'document_not_failed' } } });
  });

  test('a PDF that lost its table of contents is repaired and read', async () => {
    const cut = whole.subarray(0, whole.lastIndexOf('xref'));
    expect(await outcome('no-table.pdf', cut)).toMatchObject({ status: 'indexed', pages: 4 });
  });

  test('a page that hangs the parser is given up; the others can be searched and the page is named', async () => {
    const pdf = makePdf([prosePage(1), { nestedForms: 12 }, prosePage(3)]);
    const document = await outcome('hangs.pdf', pdf);
    expect(document).toMatchObject({ status: 'indexed', pages: 3, warnings: [expect.stringMatching(/^Page 2 could not be read \(.*3 s\)/u)] });
    const pages = new Set((await passagesOf(document.id)).map(({ page }) => page));
    expect([...pages]).toEqual([1, 3]);
  });

  test.each([
    [2_000, { status: 'indexed', passages: 1 }],
    [100_000, { status: 'failed', error: { code: 'document_unsafe', message: expect.stringContaining('100002 deep') } }],
  ])('a web page nested %i deep keeps nobody waiting', async (depth, expected) => {
    const deep = `<!doctype html><html><body>${'<div>'.repeat(depth)}the bottom of the well${'</div>'.repeat(depth)}`;
    expect(await outcome(`deep-${depth}.html`, deep)).toMatchObject(expected);
  });

  test.each([
    ['UTF-8 with a mark', Buffer.from('\uFEFFGrüße aus Köln', 'utf8')],
    ['UTF-16, little end first', Buffer.from('\uFEFFGrüße aus Köln', 'utf16le')],
    ['UTF-16 without a mark', Buffer.from('Grüße aus Köln', 'utf16le')],
    ['UTF-16, big end first', Buffer.from('\uFEFFGrüße aus Köln', 'utf16le').swap16()],
    ['Latin-1', Buffer.from('Grüße aus Köln', 'latin1')],
    ['decomposed letters', Buffer.from('Grüße aus Köln'.normalize('NFD'), 'utf8')],
  ])('text in %s is read', async (kind, body) => {
    const document = await outcome(`${kind}.txt`, body);
    expect((await passagesOf(document.id)).map(({ text }) => text)).toEqual(['Grüße aus Köln']);
  });

  test('control characters and half characters in text are left out', async () => {
    const document = await outcome(
      'odd.txt',
      Buffer.concat([Buffer.from(`a\u0007 valve ${'and a pump '.repeat(40)}`), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from(' end')]),
    );
    expect(document.status).toBe('indexed');
    expect((await passagesOf(document.id))[0]!.text).not.toMatch(/[\u0000-\u0008\p{Cs}]/u);
  });

  test('columns are read one after the other, and a broken word is mended', async () => {
    const left = [
      'The northern har-',
      'bour was closed in the winter of',
      'that year because the ice had',
      'broken two of the older piers',
      'and nobody could repair them',
      'before the ships came back in',
      'the spring of the next year.',
    ];
    const right = [
      'The southern harbour stayed',
      'open and took all the vessels',
      'that had been expected in the',
      'north, although its cranes were',
      'smaller and its warehouses had',
      'been full since the summer of',
      'the great barley harvest.',
    ];
    const pdf = makePdf([
      { texts: [...lines(['A tale of two harbours'], { top: 750, size: 16, bold: true }), ...lines(left, { x: 72 }), ...lines(right, { x: 330 })] },
    ]);
    const document = await outcome('columns.pdf', pdf);
    const text = (await passagesOf(document.id))
      .map((passage) => passage.text)
      .join(' ')
      .replace(/\s+/gu, ' ');
    expect(text).toContain('The northern harbour was closed in the winter of that year because the ice had broken');
    expect(text).toContain('the spring of the next year. The southern harbour stayed open');
  });

  test('the rows of a table stay whole', async () => {
    const rows = [
      ['Revenue', '1,204', '1,139'],
      ['Cost of sales', '(802)', '(790)'],
      ['Gross profit', '402', '349'],
      ['Administration', '(113)', '(98)'],
      ['Net income', '289', '251'],
      ['Shares', '4,000', '4,000'],
      ['Per share', '0.07', '0.06'],
    ];
    const texts = rows.flatMap((cells, row) => cells.map((text, column) => ({ text, x: [72, 350, 430][column]!, y: 700 - row * 14 })));
    const document = await outcome('table.pdf', makePdf([{ texts }]));
    const text = (await passagesOf(document.id)).map((passage) => passage.text).join('\n');
    expect(text).toMatch(/Gross profit\W+402\W+349/u);
    expect(text).toMatch(/Net income\W+289\W+251/u);
  });

  test('a page that is shown turned is read as it is shown', async () => {
    const document = await outcome('turned.pdf', makePdf([{ rotate: 90, texts: [{ text: 'The lighthouse keeper writes every evening.', x: 100, y: 700 }] }]));
    expect((await passagesOf(document.id))[0]!.text).toBe('The lighthouse keeper writes every evening.');
  });
});
