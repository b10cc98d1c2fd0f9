import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SearchExplained } from '#contracts';
import { createShelf } from '../../services/model-runtime/shelf.ts';
import { startBox, type Box, type Person } from '../support/box.ts';
import { makeCrossEncoder } from '../support/cross-encoder.ts';
import { startIndexing, uploaded, whenDocument } from '../support/indexing.ts';
import { startTestRuntime, type TestRuntime } from '../support/runtime.ts';
import { waitFor } from '../support/wait.ts';

const ID = 'overlap-cross-encoder';
/** By frequency of the words the first answers best; the second has all that is asked. */
const HANDBOOK = `# Filters

Filter, filter, filter: a filter is a filter, and the filter of filters has a filter. ${'Nothing else is said here about it at all. '.repeat(14)}

# Ventilation

The ventilation duct has a filter that the janitor replaces in autumn. ${'Much more is written here about walls and windows. '.repeat(14)}
`;
const QUESTION = 'Which janitor replaces the ventilation filter?';

let modelsDir: string;
let runtime: TestRuntime;
let box: Box;
let owner: Person;
let indexing: Awaited<ReturnType<typeof startIndexing>>;

beforeAll(async () => {
  modelsDir = await mkdtemp(join(tmpdir(), 'arasul-models-'));
  runtime = await startTestRuntime({ rerank: { id: ID, folder: await makeCrossEncoder(modelsDir, ID) } });
  box = await startBox({ runtime });
  owner = await box.owner();
  indexing = await startIndexing(box);
  const id = await uploaded(box, owner, 'handbook.md', HANDBOOK);
  await whenDocument(box, owner, id, ['indexed', 'waiting_for_model', 'embedding']);
});
afterAll(async () => {
  await indexing.stop();
  await box.stop();
  await runtime.close();
  await rm(modelsDir, { recursive: true });
});

const explain = async (more: object = {}): Promise<SearchExplained> => {
  const { status, body } = await box.request('POST', '/api/v1/search/explain', { as: owner, body: { query: QUESTION, ...more } });
  expect(status).toBe(200);
  return body;
};
const reasonOff = ({ off }: SearchExplained): string | undefined => off.find(({ stage }) => stage === 'rerank')?.reason;

describe('a cross-encoder on disk', () => {
  test('is known for a model that reranks by its configuration', async () => {
    const shelf = createShelf({ catalogue: [], folders: [{ path: modelsDir, place: 'models folder' }] });
    await shelf.scan();
    expect(shelf.readyModels()).toMatchObject([{ id: ID, purpose: 'rerank' }]);
    expect(shelf.rerankSpec(ID)).toMatchObject({ id: ID });
    expect(() => shelf.embedSpec(ID)).toThrow(/no embed model/u);
  });

  test('scores each text beside the question, in the order of the texts, however long and many they are', async () => {
    const filler = 'Walls and windows are painted white. '.repeat(400);
    const texts = ['The janitor comes.', QUESTION, filler, `${QUESTION} ${filler}`, '', ...Array.from({ length: 40 }, (_, at) => `Room ${at} has a filter.`)];
    const { model, scores } = await runtime.client.rerank(QUESTION, texts);
    expect(model).toBe(ID);
    expect(scores).toHaveLength(texts.length);
    expect(scores[1]).toBeGreaterThan(0.95);
    expect(scores[3]).toBeGreaterThan(0.95);
    expect(scores[2]).toBeLessThan(0.05);
    expect(scores[0]).toBeGreaterThan(scores[2]!);
    expect(Math.max(...scores)).toBeLessThanOrEqual(1);
    expect((await runtime.client.models()).find(({ id }) => id === ID)).toMatchObject({ purpose: 'rerank', loaded: true });
  });
});

describe('a search with a model that reranks', () => {
  test('puts the best by fusion in the order of the model, and tells both', async () => {
    const plain = await explain({ rerank: false });
    expect(reasonOff(plain)).toMatch(/not asked for/u);
    const again = await explain();
    expect(reasonOff(again)).toBeUndefined();
    expect(again.rerankModel).toBe(ID);
    expect(again.items[0]!.text).toContain('janitor');
    expect(again.items[0]!.scores.rerank).toBeGreaterThan(again.items[1]!.scores.rerank!);
    expect(again.stages.rerank.map(({ passageId }) => passageId)).toEqual(again.items.map(({ passageId }) => passageId));
    expect(again.items.map(({ score }) => score)).toEqual(again.items.map(({ score }) => score).sort((a, b) => b - a));
    const { body } = await box.request('POST', '/api/v1/search', { as: owner, body: { query: QUESTION } });
    expect(body.items.map(({ passageId }: { passageId: string }) => passageId)).toEqual(again.items.map(({ passageId }) => passageId));
  });

  test('while somebody types, words alone are compared', async () => {
    expect((await explain({ mode: 'words' })).stages.rerank).toEqual([]);
  });

  test('another runtime reranks where a model of it is named; when it fails, the order of fusion stands', async () => {
    let answer: (documents: string[]) => object | null = (documents) => ({
      results: documents.map((text, index) => ({ index, relevance_score: text.includes('filter of filters') ? 3 : -3 })).reverse(),
    });
    const server: Server = createServer((request, response) => {
      let text = '';
      request.on('data', (part) => (text += String(part)));
      request.on('end', () => {
        const body = request.url === '/v1/rerank' ? answer((JSON.parse(text) as { documents: string[] }).documents) : null;
        response.writeHead(body === null ? 500 : 200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body ?? {}));
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const externalUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const set = (models: object) => box.request('PATCH', '/api/v1/settings', { as: owner, body: { models } });
    try {
      expect((await set({ externalUrl, externalRerankModel: 'theirs' })).status).toBe(200);
      // Which model reranks is asked every few seconds.
      const found = await waitFor(async () => ((await explain()).rerankModel === 'theirs' ? await explain() : undefined), {
        what: 'theirs to rerank',
        timeoutMs: 20_000,
        everyMs: 500,
      });
      expect(found.items[0]!.text).toContain('filter of filters');
      answer = () => null;
      const without = await explain();
      expect(reasonOff(without)).toMatch(/does not answer/u);
      expect(without.items.length).toBeGreaterThan(1);
      await set({ externalRerankModel: '' });
      await waitFor(async () => (/installed/u.test(reasonOff(await explain()) ?? '') ? true : undefined), {
        what: 'no model to rerank',
        timeoutMs: 20_000,
        everyMs: 500,
      });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
