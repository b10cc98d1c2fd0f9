import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBox, type Box, type Person } from '../support/box.ts';
import { docxEntries, makeDocx } from '../support/files/office.ts';
import { makeEml } from '../support/files/mail.ts';
import { claiming, makeZip, overlapping, renamed } from '../support/files/zip.ts';
import { startIndexing, uploaded, whenDocument } from '../support/indexing.ts';
import { makePdf, prosePage, rawPage, rawPdf } from '../support/pdf.ts';

/** Files that are made to harm. Each ends in a state with a sentence, and the next one is read. */
describe('hostile documents', { timeout: 120_000 }, () => {
  let box: Box;
  let owner: Person;
  let indexing: Awaited<ReturnType<typeof startIndexing>>;

  beforeAll(async () => {
    box = await startBox();
    owner = await box.owner();
    indexing = await startIndexing(box, { limits: { pageTimeoutMs: 5_000 } });
  });
  afterAll(async () => {
    expect(await outcome('after.txt', 'After all of this the indexer still reads.')).toMatchObject({ status: 'indexed' });
    await indexing.stop();
    await box.stop();
  });

  const outcome = async (filename: string, body: Uint8Array | string) => whenDocument(box, owner, await uploaded(box, owner, filename, body));
  const textOf = async (id: string): Promise<string> => {
    const { items } = (await box.request('GET', `/api/v1/documents/${id}/passages?limit=200`, { as: owner })).body as { items: { text: string }[] };
    return items.map(({ text }) => text).join('\n');
  };
  const refused = (message: RegExp) => ({
    status: 'failed',
    error: { code: 'document_unsafe', message: expect.stringMatching(message) },
    passages: 0,
    attachments: 0,
  });

  test('a zip bomb is known by its ratio and not unpacked', async () => {
    const bomb = await makeZip({ 'zeros.txt': Buffer.alloc(96 * 2 ** 20) });
    expect(bomb.length).toBeLessThan(200_000);
    expect(await outcome('ratio.zip', bomb)).toMatchObject(refused(/“zeros\.txt” in it would grow \d+-fold to 101 MB, as only a zip bomb does/u));
  });

  test('a zip bomb is known by its number of files', async () => {
    const many = await makeZip(Object.fromEntries(Array.from({ length: 10_001 }, (_, at) => [`${at}.txt`, 'x'])));
    expect(await outcome('entries.zip', many)).toMatchObject(refused(/more than 10,000 files/u));
  });

  test('a zip bomb is known by its total', async () => {
    const zip = await makeZip({ 'a.txt': 'a', 'b.txt': 'b' });
    expect(await outcome('total.zip', claiming(zip, 0xf0000000))).toMatchObject(refused(/Unpacked it would have 8,054 MB/u));
  });

  test('a zip bomb whose files share their bytes is known', async () => {
    const zip = await makeZip({ 'a.txt': 'a'.repeat(5_000), 'b.txt': 'b'.repeat(5_000) });
    expect(await outcome('overlap.zip', overlapping(zip))).toMatchObject(refused(/overlap one another/u));
  });

  test('a file of an archive that is larger than it says is left out, and nothing of it is kept', async () => {
    const lying = await outcome('lying.zip', claiming(await makeZip({ 'liar.txt': 'much more than it says' }), 3));
    expect(lying).toMatchObject({ status: 'indexed', attachments: 0, warnings: [expect.stringMatching(/^“liar\.txt” in it was left out: /u)] });
  });

  test.each([
    ['up and out', '../../../../tmp/evil.txt'],
    ['absolute', '/////////////tmp/evil.txt'],
    ['as Windows writes it', '..\\..\\..\\..\\tmp\\evil.txt'],
  ])('an archive that names a path %s is refused whole', async (_, path) => {
    const zip = renamed(await makeZip({ ['x'.repeat(path.length)]: 'evil words' }), 'x'.repeat(path.length), path);
    expect(await outcome('traversal.zip', zip)).toMatchObject(refused(/names a file outside of itself/u));
  });

  test('an XML bomb in an Office file is refused before it grows', async () => {
    const entities = Array.from({ length: 12 }, (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`).join('');
    const bomb = `<?xml version="1.0"?><!DOCTYPE w:document [<!ENTITY l0 "lol">${entities}]><w:document xmlns:w="x"><w:body><w:p><w:r><w:t>&l12;</w:t></w:r></w:p></w:body></w:document>`;
    expect(await outcome('bomb.docx', await makeZip(docxEntries([], { document: bomb })))).toMatchObject(refused(/XML bomb/u));
  });

  test('an Office file that asks for another file is refused, and the file is not read', async () => {
    const spy = `<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document xmlns:w="x"><w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>`;
    expect(await outcome('spy.docx', await makeZip(docxEntries([], { document: spy })))).toMatchObject(refused(/fetch other files/u));
  });

  test('an Office file that is cut off says so', async () => {
    const whole = await makeDocx([{ text: 'The words of a document that was cut off. '.repeat(50) }]);
    expect(await outcome('cut.docx', whole.subarray(0, whole.length - 300))).toMatchObject({
      status: 'failed',
      error: { code: 'document_broken', message: expect.stringMatching(/damaged or cut off/u) },
    });
  });

  test('macros are never run nor read', async () => {
    const entries = docxEntries([{ text: 'A letter with a macro in it.' }]);
    const document = await outcome(
      'macro.docm',
      await makeZip({ ...entries, 'word/vbaProject.bin': Buffer.from('d0cf11e0a1b11ae1 Sub AutoOpen() Shell "evil" End Sub') }),
    );
    expect(document).toMatchObject({ status: 'indexed', attachments: 0 });
    expect(await textOf(document.id)).toBe('A letter with a macro in it.');
  });

  test('a PDF with a million objects is read', async () => {
    const objects = [...rawPage('Lost among a million objects.'), ...Array.from({ length: 1_000_000 }, () => 'null')];
    const document = await outcome('million.pdf', rawPdf(objects));
    expect(document).toMatchObject({ status: 'indexed', pages: 1 });
    expect(await textOf(document.id)).toBe('Lost among a million objects.');
  });

  test('the JavaScript of a PDF is never run', async () => {
    const script = '<< /S /JavaScript /JS (while \\(true\\) {} ) >>';
    const objects = rawPage('A form that calculates.', `/OpenAction ${script} /AA << /WC ${script} >> /Names << /JavaScript << /Names [(a) ${script}] >> >>`);
    const document = await outcome('script.pdf', rawPdf(objects));
    expect(document).toMatchObject({ status: 'indexed', pages: 1 });
    expect(await textOf(document.id)).toBe('A form that calculates.');
  });

  test('a PDF that is cut in the middle gives the pages that are whole', async () => {
    const whole = makePdf(Array.from({ length: 12 }, (_, at) => prosePage(at + 1)));
    const document = await outcome('half.pdf', whole.subarray(0, Math.floor(whole.length / 2)));
    expect(document.status === 'indexed' ? document.passages : document.error.message).toEqual(
      document.status === 'indexed' ? expect.any(Number) : expect.stringMatching(/damaged or cut off|No page could be read/u),
    );
  });

  test.each([
    ['is its own child', ['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [2 0 R] /Count 3 >>']],
    [
      'goes round in a ring',
      ['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [3 0 R] /Count 4 >>', '<< /Type /Pages /Kids [2 0 R] /Count 4 /Parent 2 0 R >>'],
    ],
    ['claims a billion pages', ['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [] /Count 1000000000 >>']],
  ])('a PDF whose page tree %s fails with a sentence', async (_, objects) => {
    expect(await outcome('endless.pdf', rawPdf(objects))).toMatchObject({
      status: 'failed',
      error: { code: expect.stringMatching(/^document_(?:broken|unsafe|empty)$/u), message: expect.stringMatching(/\.$/u) },
    });
  });

  test('a file of no bytes says that it holds no text', async () => {
    for (const name of ['nothing.pdf', 'nothing.docx', 'nothing.png'])
      expect(await outcome(name, '')).toMatchObject({ status: 'failed', error: { code: 'document_empty' } });
  });

  test('an e-mail that nests a thousand deep keeps nobody waiting', async () => {
    let mail = 'Subject: the innermost\r\nFrom: a@example.org\r\nTo: b@example.org\r\nMessage-ID: <1@x>\r\n\r\nwords';
    for (let at = 0; at < 1_000; at++)
      mail = `Subject: level\r\nFrom: a@example.org\r\nTo: b@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}\r\n${mail}\r\n--b${at}--`;
    const document = await outcome('nested.eml', mail);
    expect(['indexed', 'failed']).toContain(document.status);
    if (document.status === 'failed') expect(document.error.message).toMatch(/\.$/u);
  });

  test('an attachment named like a path of the system is a file with a harmless name', async () => {
    const mail = makeEml({
      subject: 'Path',
      text: 'See attached.',
      attachments: [{ filename: '../../etc/cron.d/evil.txt', content: 'harmless words of evil' }],
    });
    const { id } = await outcome('path.eml', mail);
    const { items } = (await box.request('GET', `/api/v1/documents?parentId=${id}`, { as: owner })).body;
    expect(items.map(({ filename }: { filename: string }) => filename)).toEqual(['evil.txt']);
  });

  test('text of all scripts stays what it is', async () => {
    const text = [
      'Right to left: שלום עולם and مرحبا بالعالم.',
      'East Asia: 東京都の図書館, 서울 도서관, 北京图书馆.',
      'Emoji: 👩‍👩‍👧 reads 📚 by 🕯️.',
      'Ligatures: ﬁnal oﬃce. Soft hy\u00ADphens in Donau\u00ADdampf\u00ADschiff.',
    ].join('\n\n');
    const document = await outcome('scripts.txt', text);
    const read = await textOf(document.id);
    for (const word of ['שלום עולם', 'مرحبا بالعالم', '東京都の図書館', '서울 도서관', '👩‍👩‍👧', 'hyphens', 'Donaudampfschiff']) expect(read).toContain(word);
    for (const query of ['שלום', '図書館', 'office', 'Donaudampfschiff']) {
      const { items } = (await box.request('POST', '/api/v1/search', { as: owner, body: { query, mode: 'words' } })).body;
      expect([query, items.map(({ documentId }: { documentId: string }) => documentId)]).toEqual([query, [document.id]]);
    }
  });
});
