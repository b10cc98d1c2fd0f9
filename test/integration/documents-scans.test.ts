import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestEmbedder, startIndexing, uploaded, whenDocument } from '../support/indexing.ts';
import { makePdf, prosePage } from '../support/pdf.ts';
import { startBox, type Box, type Person } from '../support/box.ts';
import { pictureOf, scannedPdf } from '../support/scans.ts';
import { waitFor } from '../support/wait.ts';

let box: Box;
let owner: Person;
let indexing: Awaited<ReturnType<typeof startIndexing>>;
const embedder = createTestEmbedder();

beforeAll(async () => {
  box = await startBox();
  owner = await box.owner();
  indexing = await startIndexing(box, { embed: embedder.embed });
}, 120_000);
afterAll(async () => {
  await indexing?.stop();
  await box?.stop();
});

const passagesOf = async (id: string) => (await box.request('GET', `/api/v1/documents/${id}/passages`, { as: owner })).body.items;
const find = async (query: string, documentId: string) =>
  (await box.request('POST', '/api/v1/search', { as: owner, body: { query, mode: 'words', limit: 5, documentIds: [documentId] } })).body.items;

const LETTER = ['Wartungsvertrag', 'Die Anlage wird jährlich bis zum 31. März geprüft.', 'Die Gebühr beträgt 4.750 Euro für jedes Jahr.'];

test('A11: a scanned PDF is read from its pictures, in German and English, with boxes and confidence', { timeout: 120_000 }, async () => {
  const id = await uploaded(box, owner, 'vertrag.pdf', scannedPdf([LETTER, [], ['The pump in building seven was replaced in October.']]));
  const document = await whenDocument(box, owner, id);
  expect(document).toMatchObject({ status: 'indexed', pages: 3, pictures: { pages: 3, due: 0, failed: 0 } });
  expect(document.pictures.confidence).toBeGreaterThan(0.8);
  const passages = await passagesOf(id);
  expect(passages.map(({ page }: { page: number }) => page)).toEqual([1, 3]);
  expect(passages[0].text).toMatch(/jährlich bis zum 31\. März geprüft/u);
  expect(passages[0].ocrConfidence).toBeGreaterThan(0.8);
  expect(passages[0].boxes.length).toBeGreaterThanOrEqual(2);
  // The second line stands at 90 + 18 of 842 points.
  const [first] = passages[0].boxes;
  expect(first.x).toBeCloseTo(60 / 595, 1);
  expect(first.y).toBeCloseTo(80 / 842, 1);
  expect((await find('pump building seven', id))[0]).toMatchObject({ page: 3, documentId: id });
  const { body: page } = await box.request('GET', `/api/v1/documents/${id}/pages/3`, { as: owner });
  expect(page).toMatchObject({ ocr: 'done' });
  expect(page.words.map(({ text }: { text: string }) => text)).toContain('pump');
  const { body: blank } = await box.request('GET', `/api/v1/documents/${id}/pages/2`, { as: owner });
  expect(blank).toMatchObject({ ocr: 'empty', confidence: null });
});

test('A11: of a mixed PDF the words are ready first; its scanned page follows, and is found by meaning too', { timeout: 120_000 }, async () => {
  const text = 'The northern pipeline carries forty thousand barrels of oil on every working day.';
  const id = await uploaded(box, owner, 'mixed.pdf', scannedPdf([text, ['Appendix: the valve in room twelve leaks.']]));
  await whenDocument(box, owner, id, ['indexed']);
  const document = await waitFor(
    async () => {
      const { body } = await box.request('GET', `/api/v1/documents/${id}`, { as: owner });
      return body.pictures.due === 0 && body.embedded === 2 ? body : undefined;
    },
    { what: 'the scanned page to be read and embedded', timeoutMs: 60_000 },
  );
  expect(document).toMatchObject({ status: 'indexed', passages: 2, pictures: { pages: 1, failed: 0 } });
  expect((await passagesOf(id)).map(({ page, ocrConfidence }: { page: number; ocrConfidence: number | null }) => [page, ocrConfidence === null])).toEqual([
    [1, true],
    [2, false],
  ]);
  expect((await find('valve leaks', id))[0]).toMatchObject({ page: 2 });
});

test.each(['png', 'jpeg', 'webp'] as const)('A11: a %s is read, and shown as it is', { timeout: 120_000 }, async (kind) => {
  const id = await uploaded(box, owner, `photo.${kind}`, pictureOf([`Invoice of the ${kind} gallery`, 'Amount due: 120 Euro'], kind));
  expect(await whenDocument(box, owner, id)).toMatchObject({ status: 'indexed', mimeType: `image/${kind}` });
  expect((await find('invoice gallery', id))[0]).toMatchObject({ documentId: id });
  const shown = await box.request('GET', `/api/v1/documents/${id}/content`, { as: owner });
  expect(shown.headers.get('content-type')).toBe(`image/${kind}`);
  expect(shown.headers.get('content-disposition')).toMatch(/^inline/u);
});

test('A11: a picture without words fails with a sentence, a damaged and a huge one before they are drawn', { timeout: 120_000 }, async () => {
  const id = await uploaded(box, owner, 'sheet.png', pictureOf([]));
  expect(await whenDocument(box, owner, id)).toMatchObject({
    status: 'failed',
    error: { code: 'document_scanned', message: expect.stringContaining('no words were recognised') },
  });

  const cut = await uploaded(box, owner, 'cut.png', pictureOf(['x']).subarray(0, 20));
  expect(await whenDocument(box, owner, cut)).toMatchObject({ status: 'failed', error: { code: 'document_broken' } });

  const bomb = Buffer.from(pictureOf(['x']));
  bomb.writeUInt32BE(60_000, 16);
  bomb.writeUInt32BE(60_000, 20);
  const huge = await uploaded(box, owner, 'bomb.png', bomb);
  expect(await whenDocument(box, owner, huge)).toMatchObject({
    status: 'failed',
    error: { code: 'document_too_large', message: expect.stringContaining('3600 million pixels') },
  });
});

test('A11: a stop in the middle of a scan loses no page, and words that come in go before pictures', { timeout: 180_000 }, async () => {
  const pages = Array.from({ length: 2 }, (_, at) => [`Sheet number ${at + 1} of the archive`]);
  const id = await uploaded(box, owner, 'archive.pdf', scannedPdf(pages));
  await waitFor(async () => ((await passagesOf(id)).length > 0 ? true : undefined), { what: 'the first page to be read', timeoutMs: 60_000, everyMs: 20 });
  await indexing.stop();
  const before = await passagesOf(id);
  expect(before.length).toBeLessThan(2);
  const words = await uploaded(box, owner, 'words.pdf', makePdf([prosePage(1), prosePage(2)]));
  indexing = await startIndexing(box, { embed: embedder.embed });
  await whenDocument(box, owner, words, ['indexed']);
  expect(await whenDocument(box, owner, id)).toMatchObject({ status: 'indexed', passages: 2, pictures: { due: 0, failed: 0 } });
  const after = await passagesOf(id);
  expect(after.slice(0, before.length)).toEqual(before);
  expect(after.map(({ page }: { page: number }) => page)).toEqual([1, 2]);
});

test('A11: a picture that takes too long is given up, and can be tried again', { timeout: 180_000 }, async () => {
  await indexing.stop();
  indexing = await startIndexing(box, { embed: embedder.embed, pictureLimits: { pageTimeoutMs: 1 } });
  const id = await uploaded(box, owner, 'slow.png', pictureOf(['Patience is a virtue of the slow scanner.']));
  expect(await whenDocument(box, owner, id)).toMatchObject({ status: 'failed', pictures: { failed: 1 } });
  await indexing.stop();
  indexing = await startIndexing(box, { embed: embedder.embed });
  expect((await box.request('POST', `/api/v1/documents/${id}/retry`, { as: owner })).status).toBe(200);
  expect(await whenDocument(box, owner, id)).toMatchObject({ status: 'indexed', pictures: { failed: 0, due: 0 } });
});
