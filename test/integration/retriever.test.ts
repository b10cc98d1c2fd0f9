import { createHash, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createQdrantIndex, type VectorIndex } from '#clients';
import { silentLogger } from '#kit';
import { createPostgresSource, createRetriever, createWorkerEngine, type DocumentFilter, type EmbedQuery, type Retriever, type SearchEngine } from '#retrieval';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startQdrantDouble } from '../support/qdrant-double.ts';
import { waitFor } from '../support/wait.ts';

const WORKSPACE = '00000000-0000-7000-8000-000000000001';
const MODEL = 'test-model';

/** Meaning by subject: each of a few words is a dimension, and synonyms share one. */
const SUBJECTS = [
  ['revenue', 'sales', 'turnover'],
  ['cost', 'expense'],
  ['coffee', 'espresso'],
  ['ship', 'vessel'],
];
const vectorOf = (text: string): Float32Array => {
  const values = SUBJECTS.map((words) => 0.01 + words.filter((word) => text.toLowerCase().includes(word)).length);
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
};
const embedQuery: EmbedQuery = async (texts) => ({ model: MODEL, vectors: texts.map(vectorOf) });

let database: TestDatabase;
let retriever: Retriever | undefined;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await retriever?.close();
  retriever = undefined;
  await database.db.deleteFrom('documents').execute();
});
afterAll(() => database.remove());

const addDocument = async (name: string): Promise<string> => {
  const id = randomUUID();
  await database.db
    .insertInto('documents')
    .values({ id, filename: name, original_name: name, mime_type: 'text/plain', size_bytes: 1, sha256: 'a'.repeat(64), minio_path: `o/${id}` })
    .execute();
  return id;
};

const addPassages = async (documentId: string, texts: readonly string[], { from = 0, embedded = true } = {}): Promise<string[]> => {
  const rows = await database.db
    .insertInto('document_chunks')
    .values(
      texts.map((content, at) => ({
        document_id: documentId,
        chunk_index: from + at,
        content,
        page: from + at + 1,
        page_end: from + at + 1,
        context_header: '',
        content_hash: createHash('sha256').update(content).digest('hex'),
        language: 'en',
        boxes: JSON.stringify([{ page: from + at + 1, x: 0.1, y: 0.1, w: 0.5, h: 0.02, start: 0, end: content.length }]),
      })),
    )
    .returning(['id', 'content'])
    .execute();
  if (embedded) await embed(rows);
  return rows.map(({ id }) => id);
};

const embed = async (rows: readonly { id: string; content: string }[]): Promise<void> => {
  await database.db
    .insertInto('document_embeddings')
    .values(rows.map(({ id, content }) => ({ chunk_id: id, model: MODEL, vector: Buffer.from(vectorOf(content).buffer) })))
    .execute();
};

const open = async (
  options: { embedQuery?: EmbedQuery; vectors?: VectorIndex; createEngine?: (onExit: (error: Error) => void) => SearchEngine } = {},
): Promise<Retriever> => {
  retriever = createRetriever({ source: createPostgresSource({ db: database.db, notifier: database.notifier() }), embedQuery, log: silentLogger, ...options });
  await database.notifier().ready();
  await retriever.loaded;
  return retriever;
};
const search = (query: string, rest: object = {}) => retriever!.search({ reader: { workspaceId: WORKSPACE, userId: null }, query, ...rest });
const texts = async (query: string, rest: object = {}): Promise<string[]> => (await search(query, rest)).items.map(({ text }) => text);

describe('the retriever over real rows', () => {
  test('finds by words and by meaning, with document, page and boxes', async () => {
    const documentId = await addDocument('report.txt');
    const [, second] = await addPassages(documentId, ['Espresso is served at noon.', 'Turnover rose to 17,606 million.', 'The vessel left port.']);
    await open();
    const { items, degraded } = await search('sales');
    expect(degraded).toBeUndefined();
    expect(items[0]).toMatchObject({ passageId: second, documentId, filename: 'report.txt', page: 2, pageEnd: 2, boxes: [{ page: 2, x: 0.1 }] });
    const byNumber = await search('17606');
    expect(byNumber.items[0]?.passageId).toBe(second);
    expect(byNumber.items[0]?.highlights.map(({ start, end }) => byNumber.items[0]?.text.slice(start, end))).toEqual(['17,606']);
  });

  test('pages are searchable by words as they arrive, and by meaning once embedded', async () => {
    await open();
    const documentId = await addDocument('long.txt');
    const [id] = await addPassages(documentId, ['A cappuccino without espresso is milk.'], { embedded: false });
    await database.notifier().publish(database.db, 'passages.added', { documentId });
    await waitFor(async () => (await texts('cappuccino', { mode: 'words' })).length === 1, { what: 'the words' });
    expect((await search('coffee', { mode: 'meaning' })).items).toEqual([]);
    await embed([{ id: id!, content: 'A cappuccino without espresso is milk.' }]);
    await database.notifier().publish(database.db, 'passages.embedded', { documentId });
    await waitFor(async () => (await texts('coffee', { mode: 'meaning' })).length === 1, { what: 'the meaning' });
  });

  test('a deleted document is gone at once, and from the index soon after', async () => {
    const documentId = await addDocument('gone.txt');
    await addPassages(documentId, ['Espresso for all.']);
    await open();
    expect(await texts('espresso')).toHaveLength(1);
    await database.db.updateTable('documents').set({ deleted_at: new Date() }).where('id', '=', documentId).execute();
    // Before any notice: the row decides.
    expect(await texts('espresso')).toEqual([]);
    await database.notifier().publish(database.db, 'documents.changed', { documentId, removed: true });
    await waitFor(async () => (await retriever!.stats()).passages === 0, { what: 'the index to forget' });
    expect(await retriever!.stats()).toMatchObject({ documents: 0, vectors: 0 });
  });

  test('a passage whose content changed under its id is found by what it says now', async () => {
    const documentId = await addDocument('edited.txt');
    const [id] = await addPassages(documentId, ['The old espresso machine.'], { embedded: false });
    await open();
    await database.db
      .updateTable('document_chunks')
      .set({ content: 'The new vessel.', content_hash: 'b'.repeat(64) })
      .where('id', '=', id!)
      .execute();
    await retriever!.refresh(documentId);
    expect(await texts('vessel', { mode: 'words' })).toEqual(['The new vessel.']);
    expect(await texts('espresso', { mode: 'words' })).toEqual([]);
  });

  test('without the embedding model, words still answer, and it says so', async () => {
    const documentId = await addDocument('a.txt');
    await addPassages(documentId, ['Espresso for all.']);
    await open({ embedQuery: async () => Promise.reject(new Error('away')) });
    expect(await search('espresso')).toMatchObject({ degraded: 'meaning_away', items: [{ text: 'Espresso for all.' }] });
    expect((await search('espresso', { mode: 'words' })).degraded).toBeUndefined();
  });

  test('only the named documents; none for an empty list', async () => {
    const [first, second] = [await addDocument('a.txt'), await addDocument('b.txt')];
    await addPassages(first, ['Espresso in a.']);
    await addPassages(second, ['Espresso in b.']);
    await open();
    expect(await texts('espresso', { documentIds: [second] })).toEqual(['Espresso in b.']);
    expect(await texts('espresso', { documentIds: [] })).toEqual([]);
  });

  test('only documents of a kind, a language or a time', async () => {
    const [first, second] = [await addDocument('a.txt'), await addDocument('b.pdf')];
    await addPassages(first, ['Espresso in a.']);
    await addPassages(second, ['Espresso in b.']);
    await database.db
      .updateTable('documents')
      .set({ mime_type: 'application/pdf', created_at: new Date('2020-05-01') })
      .where('id', '=', second)
      .execute();
    await database.db.updateTable('document_chunks').set({ language: 'de' }).where('document_id', '=', second).execute();
    await open();
    const found = (only: DocumentFilter, rest: object = {}) => texts('espresso', { only, ...rest });
    expect(await found({ types: ['application/pdf'] })).toEqual(['Espresso in b.']);
    expect(await found({ types: ['text/'] })).toEqual(['Espresso in a.']);
    expect(await found({ languages: ['de'] })).toEqual(['Espresso in b.']);
    expect(await found({ addedUntil: new Date('2021-01-01') })).toEqual(['Espresso in b.']);
    expect(await found({ addedFrom: new Date('2021-01-01') })).toEqual(['Espresso in a.']);
    expect(await found({ languages: ['de'], types: ['text/plain'] })).toEqual([]);
    expect(await found({ types: ['text/plain'] }, { documentIds: [second] })).toEqual([]);
  });

  test('a quoted phrase is matched to the letter', async () => {
    const documentId = await addDocument('a.txt');
    await addPassages(documentId, ['The cost of sales rose.', 'Sales of cost centres.', 'Cost, of course, and sales.']);
    await open();
    expect(await texts('"cost of sales"')).toEqual(['The cost of sales rose.']);
  });

  test('an index whose thread died is built again from the rows', async () => {
    const documentId = await addDocument('a.txt');
    await addPassages(documentId, ['Espresso for all.']);
    const made: SearchEngine[] = [];
    const kills: ((error: Error) => void)[] = [];
    await open({
      createEngine: (onExit) => {
        kills.push(onExit);
        made.push(createWorkerEngine({ onExit }));
        return made.at(-1)!;
      },
    });
    const first = made[0]!;
    await first.close();
    kills[0]?.(new Error('the thread ended'));
    await waitFor(async () => (await texts('espresso')).length === 1, { what: 'the new index' });
    expect(made).toHaveLength(2);
  });

  test('an empty question and a limit out of range are refused', async () => {
    await open();
    await expect(search('  ')).rejects.toMatchObject({ code: 'validation_failed' });
    await expect(search('x', { limit: 0 })).rejects.toMatchObject({ code: 'validation_failed' });
  });
});

describe('the retriever with vectors in Qdrant', () => {
  let double: Awaited<ReturnType<typeof startQdrantDouble>>;
  beforeAll(async () => {
    double = await startQdrantDouble();
  });
  afterAll(() => double.stop());
  const vectors = () => createQdrantIndex({ url: double.url, prefix: `t${randomUUID().slice(0, 8)}`, timeoutMs: 2_000 });

  test('the rows fill it, and it is asked in place of the index for what the reader may see', async () => {
    const [first, second] = [await addDocument('a.txt'), await addDocument('b.txt')];
    await addPassages(first, ['Espresso is served at noon.', 'The vessel left port.']);
    await addPassages(second, ['Coffee beans are roasted here.']);
    await open({ vectors: vectors() });
    await waitFor(async () => (await texts('turnover of espresso', { mode: 'meaning' })).length === 3, { what: 'the vectors' });
    expect((await texts('ship', { mode: 'meaning' }))[0]).toBe('The vessel left port.');
    expect(await texts('coffee', { mode: 'meaning', documentIds: [second] })).toEqual(['Coffee beans are roasted here.']);
    expect((await search('ship')).items[0]?.scores.meaning).toBeGreaterThan(0.9);
    expect(await retriever!.stats()).toMatchObject({ passages: 3, vectors: 0 });
    await database.db.updateTable('documents').set({ deleted_at: new Date() }).where('id', '=', second).execute();
    await retriever!.refresh(second);
    await waitFor(() => Promise.resolve([...double.collections.values()].every(({ points }) => points.size === 2)), {
      what: 'the vectors of a deleted document to go',
    });
  });

  test('while it is away words answer, and it says so', async () => {
    await addPassages(await addDocument('a.txt'), ['Espresso for all.']);
    await open({ vectors: vectors() });
    await waitFor(async () => (await texts('coffee', { mode: 'meaning' })).length === 1, { what: 'the vectors' });
    double.fail('error 500', /query$/u, 3);
    expect(await search('espresso')).toMatchObject({ degraded: 'meaning_away', items: [{ text: 'Espresso for all.' }] });
    expect((await search('espresso')).degraded).toBeUndefined();
  });
});
