import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeEml } from '../support/files/mail.ts';
import { makeDocx } from '../support/files/office.ts';
import { makeZip } from '../support/files/zip.ts';
import { startBox, type Box, type Person } from '../support/box.ts';
import { startIndexing, uploaded, whenDocument } from '../support/indexing.ts';
import { waitFor } from '../support/wait.ts';

describe('files within files', { timeout: 120_000 }, () => {
  let box: Box;
  let owner: Person;
  let indexing: Awaited<ReturnType<typeof startIndexing>>;

  beforeAll(async () => {
    box = await startBox();
    owner = await box.owner();
    indexing = await startIndexing(box);
  });
  afterAll(async () => {
    await indexing.stop();
    await box.stop();
  });

  const filesOf = async (id: string): Promise<{ id: string; filename: string; status: string; mimeType: string; parent: { path: string } }[]> =>
    (await box.request('GET', `/api/v1/documents?parentId=${id}&limit=100&sort=name`, { as: owner })).body.items;
  const search = async (query: string): Promise<{ filename: string }[]> =>
    (await box.request('POST', '/api/v1/search', { as: owner, body: { query, mode: 'words' } })).body.items;
  const whenFiles = (id: string, count: number) =>
    waitFor(async () => {
      const files = await filesOf(id);
      return files.length === count && files.every(({ status }) => status === 'indexed') ? files : undefined;
    });

  test('an archive becomes a document for each file that can be read; the others are named', async () => {
    const inner = await makeZip({ 'deep/notes.md': '# Deep\n\nThe walrus note lies deep.' });
    const zip = await makeZip({
      'reports/2026/pump.docx': await makeDocx([{ heading: 'Pump', level: 1 }, { text: 'The ocelot pump needs oil.' }]),
      'inner.zip': inner,
      'setup.exe': Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)]),
      '__MACOSX/._x': 'litter',
    });
    const id = await uploaded(box, owner, 'bundle.zip', zip);
    const archive = await whenDocument(box, owner, id);
    expect(archive).toMatchObject({ status: 'indexed', attachments: 2, warnings: [expect.stringMatching(/^“setup\.exe” in it was left out: .*program/u)] });
    const files = await whenFiles(id, 2);
    expect(files.map(({ filename, parent }) => [filename, parent.path])).toEqual([
      ['inner.zip', 'inner.zip'],
      ['pump.docx', 'reports/2026/pump.docx'],
    ]);
    const [deep] = await whenFiles(files[0]!.id, 1);
    expect(deep).toMatchObject({ filename: 'notes.md', parent: { id: files[0]!.id, path: 'deep/notes.md' } });
    await waitFor(async () => ((await search('walrus note'))[0]?.filename === 'notes.md' ? true : undefined));
    expect((await search('ocelot pump'))[0]?.filename).toBe('pump.docx');
  });

  test('an e-mail is read and so are its attachments; deleting it takes them along, undoing brings them back', async () => {
    const mail = makeEml({
      subject: 'Offer',
      text: 'See the narwhal offer.',
      attachments: [{ filename: 'offer.txt', content: 'The narwhal costs 12 euros.' }],
    });
    const id = await uploaded(box, owner, 'offer.eml', mail);
    await whenDocument(box, owner, id);
    const [attached] = await whenFiles(id, 1);
    expect(attached).toMatchObject({ filename: 'offer.txt', mimeType: 'text/plain' });
    expect((await box.request('DELETE', `/api/v1/documents/${id}`, { as: owner })).status).toBe(204);
    expect((await box.request('GET', `/api/v1/documents/${attached!.id}`, { as: owner })).status).toBe(404);
    expect((await box.request('POST', `/api/v1/documents/${id}/restore`, { as: owner })).status).toBe(200);
    expect((await box.request('GET', `/api/v1/documents/${attached!.id}`, { as: owner })).body).toMatchObject({
      filename: 'offer.txt',
      parent: { id, path: 'offer.txt' },
    });
  });

  test('archives nest three deep and no deeper', async () => {
    let zip = await makeZip({ 'bottom.txt': 'Nobody reads the bottom axolotl.' });
    for (const level of [4, 3, 2, 1]) zip = await makeZip({ [`level${level}.zip`]: zip, [`here${level}.txt`]: `Floor ${level} of the tower.` });
    let id = await uploaded(box, owner, 'tower.zip', zip);
    for (const level of [1, 2, 3]) {
      const files = await whenFiles(id, 2);
      expect(files.map(({ filename }) => filename)).toEqual([`here${level}.txt`, `level${level}.zip`]);
      id = files[1]!.id;
    }
    const last = await whenDocument(box, owner, id);
    expect(last).toMatchObject({ attachments: 0, warnings: [expect.stringMatching(/3 deep/u), expect.stringMatching(/3 deep/u)] });
  });

  test('the same file in two archives is read once', async () => {
    const same = 'The quokka report, twice the same.';
    const first = await uploaded(box, owner, 'one.zip', await makeZip({ 'a.txt': same }));
    await whenFiles(first, 1);
    const second = await uploaded(box, owner, 'two.zip', await makeZip({ 'b.txt': same, 'c.txt': 'Another one.' }));
    const files = await whenFiles(second, 2);
    expect(await box.database.db.selectFrom('document_chunks').select('id').where('document_id', '=', files[0]!.id).execute()).toEqual([]);
    expect(await search('quokka report')).toHaveLength(1);
  });
});
