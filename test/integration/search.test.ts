import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBox, type Box, type Person } from '../support/box.ts';
import { startIndexing, uploaded, whenDocument } from '../support/indexing.ts';
import { prosePdf } from '../support/pdf.ts';
import { waitFor } from '../support/wait.ts';

describe('search over HTTP', () => {
  let box: Box;
  let owner: Person;
  let indexing: Awaited<ReturnType<typeof startIndexing>>;
  let lease: string;
  let menu: string;

  const search = (body: object, as: Person | string = owner) => box.request('POST', '/api/v1/search', { as, body });

  beforeAll(async () => {
    box = await startBox();
    owner = await box.owner();
    indexing = await startIndexing(box);
    lease = await uploaded(
      box,
      owner,
      'Mietvertrag_2024.txt',
      'Die Kündigungsfrist beträgt drei Monate zum Quartalsende. Die Miete beträgt 1.250 Euro im Monat und wird zum Ersten fällig.',
    );
    menu = await uploaded(
      box,
      owner,
      'Cafe-Central-menu.md',
      '# Coffee\n\nAn espresso costs 2.80 euros. A second espresso is free on Mondays.\n\n# Cakes\n\nApple cake costs 4 euros.',
    );
    await Promise.all([lease, menu].map((id) => whenDocument(box, owner, id)));
    await waitFor(async () => (await search({ query: 'espresso', mode: 'words' })).body.items.length > 0);
  });
  afterAll(async () => {
    await indexing.stop();
    await box.stop();
  });

  test('the passage, its document, its page, and the words that were found', async () => {
    const { status, body } = await search({ query: 'How much are the espressos?' });
    expect(status).toBe(200);
    const [first] = body.items;
    expect(first).toMatchObject({
      documentId: menu,
      filename: 'Cafe-Central-menu.md',
      page: 1,
      pageEnd: 1,
      score: expect.any(Number),
      scores: { words: expect.any(Number) },
    });
    expect(first.highlights.map(([start, end]: [number, number]) => first.text.slice(start, end))).toContain('espresso');
    expect(body.tookMs).toBeGreaterThan(0);
  });

  test('German is found in its other forms, numbers however they are written', async () => {
    expect((await search({ query: 'Kündigungsfristen', mode: 'words' })).body.items[0]).toMatchObject({ documentId: lease });
    expect((await search({ query: '1250', mode: 'words' })).body.items[0]).toMatchObject({ documentId: lease });
  });

  test('no embedding model: words answer, and it says so', async () => {
    expect((await search({ query: 'espresso' })).body).toMatchObject({ degraded: 'meaning_away', items: [{ documentId: menu, scores: { meaning: null } }] });
    expect((await search({ query: 'espresso', mode: 'words' })).body.degraded).toBeUndefined();
  });

  test('only among the named documents', async () => {
    expect((await search({ query: 'espresso', documentIds: [lease] })).body.items).toEqual([]);
  });

  test('a document that is named is preferred', async () => {
    expect((await search({ query: 'Was kostet es laut Mietvertrag im Monat in euros', mode: 'words' })).body.items[0]).toMatchObject({ documentId: lease });
  });

  test('a PDF is found on its page, with boxes inside the page', async () => {
    const id = await uploaded(box, owner, 'harbour.pdf', prosePdf(3, { title: 'The harbour report' }));
    await whenDocument(box, owner, id);
    const item = await waitFor(async () => (await search({ query: 'harbour', documentIds: [id], limit: 50 })).body.items[0]);
    expect(item.page).toBeGreaterThanOrEqual(1);
    for (const area of item.boxes) {
      expect(Object.keys(area).sort()).toEqual(['h', 'page', 'w', 'x', 'y']);
      expect(area.x + area.w).toBeLessThanOrEqual(1.001);
      expect(area.y + area.h).toBeLessThanOrEqual(1.001);
    }
  });

  test('what is asked wrongly is said', async () => {
    expect(await search({ query: ' ' })).toMatchObject({ status: 422, body: { error: { code: 'validation_failed' } } });
    expect(await search({ query: 'x', limit: 0 })).toMatchObject({ status: 422 });
    expect(await search({ query: 'x', mode: 'guess' })).toMatchObject({ status: 422 });
    expect(await search({ query: 'x', documentIds: ['no-id'] })).toMatchObject({ status: 422 });
  });

  test('a deleted document is not found any more', async () => {
    const id = await uploaded(box, owner, 'short.txt', 'The zeppelin lands at noon.');
    await whenDocument(box, owner, id);
    await waitFor(async () => (await search({ query: 'zeppelin' })).body.items.length === 1);
    expect((await box.request('DELETE', `/api/v1/documents/${id}`, { as: owner })).status).toBe(204);
    expect((await search({ query: 'zeppelin' })).body.items).toEqual([]);
  });
});
