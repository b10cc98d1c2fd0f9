import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createQdrantIndex, type VectorIndex, type VectorPoint } from '#clients';
import { createSearchIndex } from '../../packages/retrieval/index/search-index.ts';
import { startQdrantDouble } from '../support/qdrant-double.ts';

const DIMENSIONS = 32;
const WORKSPACE = randomUUID();

/** Park and Miller's generator: the same vectors in every run. */
const randomFrom = (seed: number): (() => number) => {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
};
const random = randomFrom(7);
const vectorOf = (dimensions = DIMENSIONS): Float32Array => {
  const values = Float32Array.from({ length: dimensions }, () => random() - 0.5);
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
};
const pointsOf = (documentId: string, count: number, workspaceId = WORKSPACE): VectorPoint[] =>
  Array.from({ length: count }, (_, at) => ({ id: randomUUID(), documentId, workspaceId, contentHash: `hash-${at}`, vector: vectorOf() }));
const cosine = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, at) => sum + value * b[at]!, 0);
const best = (points: readonly VectorPoint[], query: Float32Array, limit: number): string[] =>
  [...points]
    .sort((a, b) => cosine(b.vector, query) - cosine(a.vector, query))
    .slice(0, limit)
    .map(({ id }) => id);

/** The box's own index (rows of Postgres, compared exactly in memory) behind the same port. */
const embedded = (): VectorIndex => {
  const index = createSearchIndex();
  const known = new Map<string, Map<string, VectorPoint>>();
  const space = (model: string) => known.get(model) ?? new Map<string, VectorPoint>();
  const nameOf = (model: string, { vector }: VectorPoint) => `${model}/${vector.length}`;
  const remove = (keep: (point: VectorPoint) => boolean) => {
    const documents = new Set([...known.values()].flatMap((points) => [...points.values()].filter((point) => !keep(point)).map((point) => point.documentId)));
    for (const [model, points] of known) known.set(model, new Map([...points].filter(([, point]) => keep(point))));
    for (const documentId of documents) {
      const rows = new Map<string, { id: string; contentHash: string; models: string[] }>();
      for (const [model, points] of known) {
        for (const point of [...points.values()].filter((one) => one.documentId === documentId)) {
          const { id, contentHash } = point;
          rows.set(id, { id, contentHash, models: [...(rows.get(id)?.models ?? []), nameOf(model, point)] });
        }
      }
      index.reconcile(documentId, WORKSPACE, [], [...rows.values()]);
    }
    return Promise.resolve();
  };
  return {
    put(model, points) {
      const dimensions = points[0]!.vector.length;
      const before = [...space(model).values()][0]?.vector.length;
      known.set(model, new Map([...(before === dimensions || before === undefined ? space(model) : []), ...points.map((point) => [point.id, point] as const)]));
      for (const { id, documentId, workspaceId, contentHash } of points) {
        index.add(documentId, workspaceId, [{ id, contentHash, text: 'words', contextHeader: '', language: 'en' }]);
        for (const [other, all] of known) {
          const point = all.get(id);
          if (point) index.addVectors({ model: nameOf(other, point), ids: [id], values: point.vector });
        }
      }
      return Promise.resolve();
    },
    list: (model, documentId) =>
      Promise.resolve(new Map([...space(model).values()].filter((point) => point.documentId === documentId).map(({ id, contentHash }) => [id, contentHash]))),
    remove: (ids) => remove(({ id }) => !ids.includes(id)),
    removeDocument: (documentId) => remove((point) => point.documentId !== documentId),
    search({ model, vector, limit, workspaceId, documentIds }) {
      const { candidates } = index.search({
        workspaceId,
        scope: 'everything',
        documentIds,
        query: 'x',
        mode: 'meaning',
        limit,
        vector: { model: `${model}/${vector.length}`, values: vector },
        weights: { feedback: 0, name: 0 },
      });
      return Promise.resolve(candidates.flatMap(({ id, meaning }) => (meaning === null ? [] : [{ id, score: meaning }])));
    },
    vectors: (model, ids) =>
      Promise.resolve(
        new Map(
          ids.flatMap((id) => {
            const point = space(model).get(id);
            return point ? [[id, point.vector] as const] : [];
          }),
        ),
      ),
    models: () => Promise.resolve([...known].filter(([, points]) => points.size > 0).map(([model]) => model)),
  };
};

interface Adapter {
  index: VectorIndex;
  stop(): Promise<void>;
}

const adapters: Record<string, () => Promise<Adapter>> = {
  embedded: () => Promise.resolve({ index: embedded(), stop: () => Promise.resolve() }),
  async 'Qdrant, a double'() {
    const double = await startQdrantDouble();
    return { index: createQdrantIndex({ url: double.url }), stop: double.stop };
  },
};
const { ARASUL_TEST_QDRANT_URL: url, ARASUL_TEST_QDRANT_API_KEY: apiKey } = process.env;
if (url)
  adapters[`Qdrant, ${url}`] = () => {
    const prefix = `arasul-test-${Date.now()}`;
    const headers = apiKey === undefined ? undefined : { 'api-key': apiKey };
    return Promise.resolve({
      index: createQdrantIndex({ url, apiKey, prefix }),
      async stop() {
        const { result } = (await (await fetch(`${url}/collections`, { headers })).json()) as { result: { collections: { name: string }[] } };
        for (const { name } of result.collections.filter((one) => one.name.startsWith(prefix)))
          await fetch(`${url}/collections/${name}`, { method: 'DELETE', headers });
      },
    });
  };

describe.each(Object.entries(adapters))('vector index: %s', (_name, open) => {
  let adapter: Adapter;
  let index: VectorIndex;
  const reports = randomUUID();
  const letters = randomUUID();
  const foreign = randomUUID();
  const inReports = pointsOf(reports, 300);
  const inLetters = pointsOf(letters, 40);

  beforeAll(async () => {
    adapter = await open();
    index = adapter.index;
    await index.put('mini', [...inReports, ...inLetters]);
    await index.put('mini', pointsOf(foreign, 30, randomUUID()));
  }, 60_000);
  afterAll(() => adapter.stop());

  const search = (vector: Float32Array, more: object = {}) => index.search({ model: 'mini', vector, limit: 10, workspaceId: WORKSPACE, ...more });

  test('finds what a comparison with every vector finds, best first, with cosines', async () => {
    const query = vectorOf();
    const found = await search(query);
    expect(found.map(({ id }) => id)).toEqual(best([...inReports, ...inLetters], query, 10));
    const first = [...inReports, ...inLetters].find(({ id }) => id === found[0]!.id)!;
    expect(found[0]!.score).toBeCloseTo(cosine(first.vector, query), 3);
  });

  test('a filter costs no recall, and an empty one finds nothing', async () => {
    const query = vectorOf();
    expect((await search(query, { documentIds: [letters] })).map(({ id }) => id)).toEqual(best(inLetters, query, 10));
    expect(await search(query, { documentIds: [letters, randomUUID()], limit: 100 })).toHaveLength(40);
    expect(await search(query, { documentIds: [] })).toEqual([]);
  });

  test('another workspace’s vectors are not found, even when their document is named', async () => {
    expect(await search(vectorOf(), { documentIds: [foreign] })).toEqual([]);
  });

  test('what a document has is listed with its content, and put again it is replaced', async () => {
    expect(await index.list('mini', letters)).toEqual(new Map(inLetters.map(({ id, contentHash }) => [id, contentHash])));
    const changed = { ...inLetters[0]!, contentHash: 'another', vector: vectorOf() };
    await index.put('mini', [changed]);
    expect((await index.list('mini', letters)).get(changed.id)).toBe('another');
    expect((await search(changed.vector, { limit: 1 }))[0]).toMatchObject({ id: changed.id, score: expect.closeTo(1, 3) });
    await index.put('mini', [inLetters[0]!]);
  });

  test('vectors come back as they were given', async () => {
    const found = await index.vectors('mini', [inReports[3]!.id, randomUUID()]);
    expect([...found.keys()]).toEqual([inReports[3]!.id]);
    expect(cosine(found.get(inReports[3]!.id)!, inReports[3]!.vector)).toBeCloseTo(1, 4);
  });

  test('each model has a space of its own; one that nobody filled is empty', async () => {
    const other = inLetters.map((point) => ({ ...point, vector: vectorOf(48) }));
    await index.put('larger/Model v2', other);
    const query = vectorOf(48);
    expect((await index.search({ model: 'larger/Model v2', vector: query, limit: 5, workspaceId: WORKSPACE })).map(({ id }) => id)).toEqual(
      best(other, query, 5),
    );
    expect(await index.search({ model: 'never seen', vector: query, limit: 5, workspaceId: WORKSPACE })).toEqual([]);
    expect(await index.list('never seen', letters)).toEqual(new Map());
    expect([...(await index.models())].sort()).toEqual(['larger/Model v2', 'mini']);
  });

  test('a model whose vectors have another length begins anew', async () => {
    const fresh = inLetters.map((point) => ({ ...point, vector: vectorOf(16) }));
    await index.put('larger/Model v2', fresh);
    const query = vectorOf(16);
    expect((await index.search({ model: 'larger/Model v2', vector: query, limit: 5, workspaceId: WORKSPACE })).map(({ id }) => id)).toEqual(
      best(fresh, query, 5),
    );
  });

  test('what is removed is not found, and may be removed again', async () => {
    const gone = inReports.slice(0, 100).map(({ id }) => id);
    await index.remove(gone);
    await index.remove(gone);
    expect((await index.list('mini', reports)).size).toBe(200);
    await index.removeDocument(reports);
    await index.removeDocument(reports);
    const query = vectorOf();
    expect((await search(query)).map(({ id }) => id)).toEqual(best(inLetters, query, 10));
  });
});

describe('vector index: a Qdrant that fails', () => {
  let double: Awaited<ReturnType<typeof startQdrantDouble>>;
  let index: VectorIndex;
  const documentId = randomUUID();
  const points = pointsOf(documentId, 5);
  beforeAll(async () => {
    double = await startQdrantDouble();
    index = createQdrantIndex({ url: double.url, timeoutMs: 300 });
    await index.put('mini', points);
  });
  afterAll(() => double.stop());
  const search = () => index.search({ model: 'mini', vector: points[0]!.vector, limit: 1, workspaceId: WORKSPACE });

  test('the collection has a named vector, payload indexes for its filters, and is reached by its alias', () => {
    const [[alias, name]] = [...double.aliases] as [[string, string]];
    expect(double.collections.get(name)).toMatchObject({
      config: { params: { vectors: { passage: { size: DIMENSIONS, distance: 'Cosine' } } } },
      indexes: { documentId: { type: 'keyword' }, workspaceId: { type: 'keyword', is_tenant: true } },
    });
    expect(double.requests.filter((request) => request.includes('/points'))).toEqual([`PUT /collections/${alias}/points`]);
  });

  test.each(['error 500', 'error 429', 'cut'] as const)('%s once: it is asked again', async (fault) => {
    double.fail(fault, /query$/u);
    expect((await search())[0]!.id).toBe(points[0]!.id);
  });

  test.each(['error 500', 'silence'] as const)('%s for good: it says which part is away', async (fault) => {
    double.fail(fault, /query$/u, 3);
    await expect(search()).rejects.toMatchObject({ code: 'part_away', message: expect.stringContaining('vector index') });
  });

  test('a collection that somebody removed is made again', async () => {
    double.collections.clear();
    double.aliases.clear();
    await index.put('mini', points);
    expect((await index.list('mini', documentId)).size).toBe(5);
  });
});
