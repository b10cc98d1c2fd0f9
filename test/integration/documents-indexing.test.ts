import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startBox, type Box, type Person } from '../support/box.ts';
import { createTestEmbedder, startIndexing, uploaded, whenDocument } from '../support/indexing.ts';
import { makePdf, prosePage, prosePdf } from '../support/pdf.ts';
import { waitFor } from '../support/wait.ts';

type Indexing = Awaited<ReturnType<typeof startIndexing>>;

describe('indexing', { timeout: 120_000 }, () => {
  let box: Box;
  let owner: Person;
  let indexing: Indexing | undefined;

  beforeAll(async () => {
    box = await startBox();
    owner = await box.owner();
  });
  afterEach(async () => {
    await indexing?.stop();
    indexing = undefined;
  });
  afterAll(() => box.stop());

  const counts = async (id: string) => {
    const passages = await box.rows('document_chunks', { document_id: id });
    const vectors = await Promise.all(passages.map(({ id: passage }) => box.rows('document_embeddings', { chunk_id: passage })));
    return { passages: passages.length, vectors: vectors.flat().length };
  };

  test('A11 a document goes pending, indexing, indexed with rising progress; chunk_count equals the rows and the vectors', async () => {
    const embedder = createTestEmbedder();
    embedder.state.held = true;
    const id = await uploaded(box, owner, 'report.pdf', prosePdf(60, { title: 'The harbour report' }));
    const pending = (await box.request('GET', `/api/v1/documents/${id}`, { as: owner })).body;
    expect(pending).toMatchObject({ status: 'pending', stage: 'queued', progress: 0, mimeType: 'application/pdf' });
    expect(pending.etaMs).toBeGreaterThan(0);

    indexing = await startIndexing(box, { embed: embedder.embed });
    const reading = await whenDocument(box, owner, id, ['embedding']);
    // Words first: the passages are there while no vector is.
    expect(reading).toMatchObject({ status: 'indexing', pages: 60, embedded: 0 });
    expect(reading.passages).toBeGreaterThanOrEqual(60);
    expect(reading.progress).toBeLessThan(1);
    embedder.state.held = false;
    const indexed = await whenDocument(box, owner, id);
    expect(indexed).toMatchObject({ status: 'indexed', stage: 'done', progress: 1, language: 'en' });
    expect(indexed.error).toBeUndefined();
    expect(indexed.progress).toBeGreaterThan(reading.progress);
    expect(await counts(id)).toEqual({ passages: indexed.passages, vectors: indexed.passages });
    const [row] = await box.rows('documents', { id });
    expect(row).toMatchObject({ chunk_count: indexed.passages, embedded_count: indexed.passages });
  });

  test('a small file does not wait behind large ones that came before it', async () => {
    const embedder = createTestEmbedder();
    embedder.state.held = true;
    const large = (name: string) => `The ${name} harbour was dredged again in that year, and nobody knew why.\n\n`.repeat(15_000);
    const [first, second] = [await uploaded(box, owner, 'first.txt', large('first')), await uploaded(box, owner, 'second.txt', large('second'))];
    const note = await uploaded(box, owner, 'note.txt', 'The key of the boathouse hangs behind the door.');
    indexing = await startIndexing(box, { embed: embedder.embed });
    const firstWords = async (id: string) => Math.min(...(await box.rows('document_chunks', { document_id: id })).map((row) => Number(row.created_at)));
    await waitFor(async () => Number.isFinite(await firstWords(first)) && Number.isFinite(await firstWords(second)), {
      what: 'the large files’ words',
      timeoutMs: 60_000,
    });
    expect(await firstWords(note)).toBeLessThan(await firstWords(first));
    expect(await firstWords(note)).toBeLessThan(await firstWords(second));
    embedder.state.held = false;
    for (const id of [first, second]) expect((await box.request('DELETE', `/api/v1/documents/${id}`, { as: owner })).status).toBe(204);
  });

  test('A11 a failed document names the reason and can be retried', async () => {
    const embedder = createTestEmbedder();
    embedder.state.broken = true;
    const id = await uploaded(box, owner, 'unlucky.txt', 'A text about turbines that the model will not take at first.');
    indexing = await startIndexing(box, { embed: embedder.embed });
    const failed = await whenDocument(box, owner, id);
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'validation_failed', message: expect.stringContaining('The model refuses this text') } });
    embedder.state.broken = false;
    const retried = await box.request('POST', `/api/v1/documents/${id}/retry`, { as: owner });
    expect(retried).toMatchObject({ status: 200, body: { status: expect.stringMatching(/pending|indexing/) } });
    expect(await whenDocument(box, owner, id)).toMatchObject({ status: 'indexed', passages: 1, embedded: 1 });
    expect((await box.request('POST', `/api/v1/documents/${id}/retry`, { as: owner })).status).toBe(409);
  });

  test('passages carry page and boxes that lie on the page', async () => {
    const id = await uploaded(
      box,
      owner,
      'boxes.pdf',
      makePdf([prosePage(1), { texts: [{ text: 'The turbine of Oldtown turns at 4711 revolutions.', x: 100, y: 396 }] }]),
    );
    indexing = await startIndexing(box);
    await whenDocument(box, owner, id, ['indexed']);
    const { body } = await box.request('GET', `/api/v1/documents/${id}/passages?page=2`, { as: owner });
    expect(body.items).toHaveLength(1);
    expect(body.items[0]).toMatchObject({ page: 2, pageEnd: 2, text: 'The turbine of Oldtown turns at 4711 revolutions.' });
    const [mark] = body.items[0].boxes;
    // 100 of 612 points from the left; a baseline in the middle of the page.
    expect(mark.x).toBeCloseTo(100 / 612, 2);
    expect(mark.y).toBeLessThan(0.5);
    expect(mark.y + mark.h).toBeGreaterThan(0.5);
    expect(mark.h).toBeLessThan(0.03);
  });

  test('while the model is away a document says so and has its words; it goes on by itself', async () => {
    const embedder = createTestEmbedder();
    embedder.state.away = true;
    const id = await uploaded(box, owner, 'waiting.txt', 'Pumps wait for their model.');
    indexing = await startIndexing(box, { embed: embedder.embed });
    const waiting = await whenDocument(box, owner, id, ['waiting_for_model']);
    expect(waiting).toMatchObject({ status: 'indexing', passages: 1, embedded: 0 });
    expect(waiting.etaMs).toBeUndefined();
    embedder.state.away = false;
    expect(await whenDocument(box, owner, id)).toMatchObject({ status: 'indexed', embedded: 1 });
  });

  test('a stop in mid-embedding loses nothing, and no passage is embedded twice', async () => {
    const first = createTestEmbedder();
    const id = await uploaded(box, owner, 'long.pdf', prosePdf(120));
    const before = await startIndexing(box, { embed: first.embed });
    await waitFor(async () => ((await box.rows('documents', { id }))[0]!.embedded_count as number) > 0, { timeoutMs: 60_000 });
    await before.stop();
    const stored = (await counts(id)).vectors;
    const second = createTestEmbedder();
    indexing = await startIndexing(box, { embed: second.embed });
    const indexed = await whenDocument(box, owner, id);
    expect(indexed.status).toBe('indexed');
    expect(second.state.texts).toHaveLength(indexed.passages - stored);
    expect(await counts(id)).toEqual({ passages: indexed.passages, vectors: indexed.passages });
  });

  test('equal passages of another document are not embedded again', async () => {
    const text = 'A paragraph about orchards that two files share, word by word.\n';
    const embedder = createTestEmbedder();
    indexing = await startIndexing(box, { embed: embedder.embed });
    const first = await uploaded(box, owner, 'shared.txt', text);
    await whenDocument(box, owner, first, ['indexed']);
    const again = await uploaded(box, owner, 'shared.txt', `\n\n${text}`);
    expect(await whenDocument(box, owner, again)).toMatchObject({ status: 'indexed', passages: 1, embedded: 1 });
    expect(embedder.state.texts).toHaveLength(1);
  });

  test('words of a new upload do not wait behind the vectors of an old one, nor its vectors behind them', async () => {
    const embedder = createTestEmbedder();
    embedder.state.held = true;
    indexing = await startIndexing(box, { embed: embedder.embed });
    const old = await uploaded(box, owner, 'old.pdf', prosePdf(80));
    await whenDocument(box, owner, old, ['embedding']);
    const fresh = await uploaded(box, owner, 'fresh.txt', 'Couriers delivered two hundred letters to the lighthouse.');
    await whenDocument(box, owner, fresh, ['embedding']);
    embedder.state.held = false;
    await Promise.all([old, fresh].map((id) => whenDocument(box, owner, id, ['indexed'])));
    const [first, last] = await Promise.all([fresh, old].map(async (id) => (await box.rows('documents', { id }))[0]!.indexed_at as Date));
    expect(first!.getTime()).toBeLessThan(last!.getTime());
  });

  test('a cancelled document stops, keeps its words, and goes on when retried', async () => {
    const embedder = createTestEmbedder();
    embedder.state.held = true;
    indexing = await startIndexing(box, { embed: embedder.embed });
    const id = await uploaded(box, owner, 'cancelled.pdf', prosePdf(30));
    await whenDocument(box, owner, id, ['embedding']);
    expect(await box.request('POST', `/api/v1/documents/${id}/cancel`, { as: owner })).toMatchObject({
      status: 200,
      body: { status: 'failed', stage: 'cancelled', error: { code: 'document_cancelled' } },
    });
    embedder.state.held = false;
    const { passages } = (await box.request('GET', `/api/v1/documents/${id}`, { as: owner })).body;
    expect((await counts(id)).passages).toBe(passages);
    expect((await box.request('POST', `/api/v1/documents/${id}/cancel`, { as: owner })).status).toBe(409);
    await box.request('POST', `/api/v1/documents/${id}/retry`, { as: owner });
    expect(await whenDocument(box, owner, id)).toMatchObject({ status: 'indexed', passages, embedded: passages });
  });

  test('another embedding model fills its index beside the first, which stays as it is', async () => {
    const embedder = createTestEmbedder('model-a');
    indexing = await startIndexing(box, { embed: embedder.embed });
    const id = await uploaded(box, owner, 'models.txt', 'The archive painted a broken valve.');
    await whenDocument(box, owner, id, ['indexed']);
    embedder.state.model = 'model-b';
    await box.database.notifier().publish(box.database.db, 'models.changed', { modelId: 'model-b' });
    const [passage] = await box.rows('document_chunks', { document_id: id });
    await waitFor(
      async () => {
        expect((await box.request('GET', `/api/v1/documents/${id}`, { as: owner })).body.status).toBe('indexed');
        const models = (await box.rows('document_embeddings', { chunk_id: passage!.id })).map((row) => row.model);
        return models.sort().join() === 'model-a,model-b';
      },
      { what: 'the vectors of both models' },
    );
  });
});
