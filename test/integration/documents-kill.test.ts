import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Passage } from '#retrieval';
import { startBox, type Box, type Person } from '../support/box.ts';
import { startIndexing, uploaded, whenDocument } from '../support/indexing.ts';
import { makePdf, prosePage, prosePdf } from '../support/pdf.ts';
import { startTestRuntime } from '../support/runtime.ts';
import { waitFor } from '../support/wait.ts';

/** Process ids of this process's parsers. */
const parsers = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .filter((pid) => {
      try {
        const parent = /^PPid:\s*(\d+)/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
        return parent === String(process.pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('document-parser');
      } catch {
        return false; // ended while we looked
      }
    })
    .map(Number);

describe('a document under fire', { timeout: 120_000 }, () => {
  let box: Box;
  let owner: Person;
  let indexing: Awaited<ReturnType<typeof startIndexing>> | undefined;

  beforeAll(async () => {
    box = await startBox();
    owner = await box.owner();
  });
  afterEach(async () => {
    await indexing?.stop();
    indexing = undefined;
  });
  afterAll(() => box.stop());

  const passagesOf = async (id: string): Promise<Pick<Passage, 'text' | 'page'>[]> => {
    const { items } = (await box.request('GET', `/api/v1/documents/${id}/passages?limit=200`, { as: owner })).body;
    return items.map(({ text, page }: Passage) => ({ text, page }));
  };

  test('A11 a parser that is killed while it reads is started again, and no passage is lost or doubled', async () => {
    // The second page takes so long that the kill comes in time.
    const pages = [prosePage(1), { nestedForms: 12 }, prosePage(3)];
    indexing = await startIndexing(box, { limits: { pageTimeoutMs: 4_000 } });
    const id = await uploaded(box, owner, 'killed.pdf', makePdf(pages));
    await waitFor(async () => (await box.rows('documents', { id }))[0]!.page_count === 3, { what: 'the reading to begin', timeoutMs: 60_000 });
    const [pid] = parsers();
    expect(pid).toBeDefined();
    process.kill(pid!, 'SIGKILL');
    const document = await whenDocument(box, owner, id);
    expect(document).toMatchObject({ status: 'indexed', pages: 3 });
    expect(parsers()).not.toContain(pid);
    const passages = await passagesOf(id);
    expect(new Set(passages.map(({ text }) => text)).size).toBe(passages.length);
    expect(passages.filter(({ text }) => /see marker[13]\b/u.test(text))).toHaveLength(2);
  });

  test('A11 an indexer that ends between two segments goes on after the first', async () => {
    const id = await uploaded(box, owner, 'segments.pdf', prosePdf(260));
    const first = await startIndexing(box);
    await waitFor(async () => ((await box.rows('documents', { id }))[0]!.pages_read as number) >= 200, {
      what: 'the first segment',
      timeoutMs: 60_000,
      everyMs: 5,
    });
    await first.stop();
    const before = await box.rows('document_chunks', { document_id: id });
    indexing = await startIndexing(box);
    const document = await whenDocument(box, owner, id);
    expect(document).toMatchObject({ status: 'indexed', pages: 260 });
    const after = await box.rows('document_chunks', { document_id: id });
    expect(after).toHaveLength(document.passages);
    // What was stored is still the very same rows.
    expect(after.map((row) => row.id)).toEqual(expect.arrayContaining(before.map((row) => row.id)));
    expect(after.map((row) => row.chunk_index as number).sort((a, b) => a - b)).toEqual(after.map((_, at) => at));
    expect(after.map((row) => row.page)).toContain(260);
  });

  test('A11 no parser is left when the indexer stops', async () => {
    indexing = await startIndexing(box);
    await whenDocument(box, owner, await uploaded(box, owner, 'last.txt', 'The last pump of the day.'), ['indexed']);
    await indexing.stop();
    await waitFor(() => parsers().length === 0, { what: 'the parser to end' });
  });

  test('A11 the real embedding model gives every passage its vector', async () => {
    // The others have the test embedder's vectors and would be given new ones.
    await box.database.db.deleteFrom('documents').execute();
    const runtime = await startTestRuntime();
    try {
      indexing = await startIndexing(box, { embed: (texts, { signal }) => runtime.client.embed(texts, { kind: 'passage', class: 'background', signal }) });
      const id = await uploaded(box, owner, 'real.pdf', prosePdf(2));
      const document = await whenDocument(box, owner, id);
      expect(document).toMatchObject({ status: 'indexed', embedded: document.passages });
      const [passage] = await box.rows('document_chunks', { document_id: id });
      const [embedding] = await box.rows('document_embeddings', { chunk_id: passage!.id });
      const bytes = embedding!.vector as Buffer;
      expect(bytes).toHaveLength(384 * 4);
      const length = Math.hypot(...Array.from({ length: 384 }, (_, at) => bytes.readFloatLE(at * 4)));
      expect(length).toBeCloseTo(1, 3);
    } finally {
      await indexing?.stop();
      await runtime.close();
    }
  });
});
