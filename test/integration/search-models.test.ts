import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createServiceGroup, silentLogger } from '#kit';
import { connectQueues } from '#queue';
import { sharedRetriever, type Retriever } from '#retrieval';
import { startGoldenRuns } from '../../services/llm-queue/quality/golden-runs.ts';
import { startBox, type Box, type Person } from '../support/box.ts';
import { startIndexing, uploaded, whenDocument } from '../support/indexing.ts';
import { lines, makePdf } from '../support/pdf.ts';
import { waitFor } from '../support/wait.ts';

const DIMENSIONS = 128;
const SUBJECTS = ['harbour', 'orchard', 'quarry', 'windmill', 'foundry', 'monastery', 'aqueduct', 'observatory', 'brewery', 'lighthouse', 'tannery', 'sawmill'];

/** Words in buckets. `backwards` models put the right page last. */
const vectorOf = (text: string, sign: 1 | -1): Float32Array => {
  const vector = new Float32Array(DIMENSIONS);
  for (const word of text.toLowerCase().match(/\p{L}{5,}/gu) ?? []) vector[createHash('sha256').update(word).digest().readUInt16LE(0) % DIMENSIONS]! += sign;
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
};

let box: Box;
let owner: Person;
let retriever: Retriever;
let active = 'model-a';
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  box = await startBox();
  owner = await box.owner();
  const log = silentLogger;
  const notifier = box.database.notifier();
  const group = createServiceGroup({ env: {}, logFor: () => log });
  await group.start({
    name: 'llm-queue',
    start(host) {
      retriever = sharedRetriever(host, {
        databaseUrl: box.database.url,
        embedQuery: (texts, { model = active } = {}) => {
          return Promise.resolve({ model, vectors: texts.map((text) => vectorOf(text, model === 'model-bad' ? -1 : 1)) });
        },
      });
      return Promise.resolve({ stop: () => Promise.resolve(), health: () => Promise.resolve(null) });
    },
  });
  const connection = connectQueues({ url: box.database.url, log });
  const golden = await startGoldenRuns({
    database: box.database,
    notifier,
    connection,
    search: (request) => retriever.search({ ...request, mode: 'meaning', fold: false }),
    searchWith: (embedModel) => (request) => retriever.search({ ...request, mode: 'meaning', fold: false, embedModel }),
    embedModel: () => Promise.resolve(active),
    quietMs: 600_000,
    log,
  });
  const indexing = await startIndexing(box, {
    embed: (texts, { model = active }) => Promise.resolve({ model, vectors: texts.map((text) => vectorOf(text, 1)) }),
  });
  stops.push(
    () => golden.close(),
    () => indexing.stop(),
    () => group.stop(),
    () => connection.close(),
  );
  const pages = SUBJECTS.map((subject) => ({
    texts: lines([`The ${subject} near Sandvik was ${subject} property; its ${subject} keeper lived beside the ${subject}.`], { top: 380 }),
  }));
  const id = await uploaded(box, owner, 'places.pdf', makePdf(pages));
  await whenDocument(box, owner, id, ['indexed']);
  for (const page of [3, 10]) await call('POST', '/golden/questions', { question: `Who lived beside the ${SUBJECTS[page - 1]}?`, documentId: id, page });
});
afterAll(async () => {
  for (const stop of stops) await stop();
  await box.stop();
});

const call = (method: string, path: string, body?: object) => box.request(method, `/api/v1${path}`, { as: owner, body });
const index = async () => (await call('GET', '/search/index')).body;
const activate = async (model: string): Promise<void> => {
  active = model;
  await box.database.notifier().publish(box.database.db, 'models.changed', { modelId: model });
};
const until = (what: string, isSo: (view: Awaited<ReturnType<typeof index>>) => boolean) =>
  waitFor(async () => isSo(await index()), { what, timeoutMs: 60_000, everyMs: 50 });
const modelOfSearch = async () =>
  (await retriever.search({ reader: { workspaceId: '00000000-0000-7000-8000-000000000001', userId: null }, query: 'the harbour keeper', limit: 1 })).model;

test('M2 the first model serves without a gate', async () => {
  await until('model-a to serve', ({ serving }) => serving === 'model-a');
  expect(await index()).toMatchObject({ previous: null, refused: null, models: [{ model: 'model-a', isComplete: true }] });
});

test('M2 another model takes over only when it is complete and the golden questions keep their place; search goes on meanwhile', async () => {
  await activate('model-b');
  // The active model is another already, and the search still compares with the one that is complete.
  expect(await modelOfSearch()).toBe('model-a');
  await until('model-b to serve', ({ serving }) => serving === 'model-b');
  expect(await index()).toMatchObject({ previous: 'model-a', verdict: expect.stringContaining('2 of 2 golden questions'), refused: null });
  await waitFor(async () => (await modelOfSearch()) === 'model-b', { what: 'the search to compare with model-b' });
  const gates = (await call('GET', '/golden/runs')).body.items.filter((run: { trigger: string }) => run.trigger === 'gate');
  expect(gates.map((run: { embedModel: string }) => run.embedModel)).toEqual(['model-b', 'model-a']);
});

test('M2 a model that loses golden questions is not let in, and what comes later is embedded for the one that serves', async () => {
  await activate('model-bad');
  await until('model-bad to be refused', ({ refused }) => refused === 'model-bad');
  const view = await index();
  expect(view).toMatchObject({ serving: 'model-b', verdict: expect.stringContaining('The change was not made') });
  expect(await modelOfSearch()).toBe('model-b');
  const late = await uploaded(box, owner, 'late.txt', 'The cathedral keeper lived beside the cathedral.');
  await whenDocument(box, owner, late, ['indexed']);
  const [passage] = await box.rows('document_chunks', { document_id: late });
  expect((await box.rows('document_embeddings', { chunk_id: passage!.id })).map(({ model }) => model)).toEqual(['model-b']);
});

test('M2 back is one call; an index that lacks vectors is refused', async () => {
  expect(await call('POST', '/search/index/switch', { model: 'model-bad' })).toMatchObject({ status: 409 }); // lacks late.txt
  expect((await call('POST', '/search/index/switch', { model: 'model-b' })).status).toBe(409);
  expect((await call('POST', '/search/index/switch', { model: 'nobody' })).status).toBe(409);
  await call('DELETE', `/documents/${(await call('GET', '/documents?q=late')).body.items[0].id}`);
  expect(await call('POST', '/search/index/switch', { model: 'model-a' })).toMatchObject({
    status: 200,
    body: { serving: 'model-a', previous: 'model-b', refused: 'model-b' },
  });
  await waitFor(async () => (await modelOfSearch()) === 'model-a', { what: 'the search to compare with model-a' });
});
