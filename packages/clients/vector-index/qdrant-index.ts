import { createHash } from 'node:crypto';
import { QdrantClient, QdrantClientTimeoutError, type Schemas } from '@qdrant/js-client-rest';
import { AppError, isAppError, retry } from '#kit';
import type { VectorIndex, VectorPoint } from './vector-index.ts';

/** Named, so that a later version can put another vector (of a title, of an image) beside it. */
const VECTOR = 'passage';
const PAYLOAD_INDEXES = [
  ['documentId', { type: 'keyword' }],
  ['workspaceId', { type: 'keyword', is_tenant: true }],
] as const;
const TIMEOUT_MS = 10_000;
const TRIES = { attempts: 3, firstMs: 100, maxMs: 1_000 } as const;
/** 256 points of 1,024 dimensions are 5 MB of JSON; a server takes 32 MB. */
const PUT_BATCH = 256;
const SCROLL_BATCH = 1_000;
/** Candidates that the graph is searched with: twice the server's default, since a filter must not cost recall. */
const HNSW_EF = 256;

interface Options {
  readonly url: string;
  readonly apiKey?: string;
  /** Before the names of collections: several boxes can share a server. */
  readonly prefix?: string;
  readonly timeoutMs?: number;
}

const statusOf = (error: unknown): number | undefined => {
  const status = (error as { status?: unknown } | null)?.status;
  return typeof status === 'number' ? status : undefined;
};
const isMissing = (error: unknown): boolean => statusOf(error) === 404;
const isPassing = (error: unknown): boolean => {
  const status = statusOf(error);
  return !isAppError(error) && !(error instanceof QdrantClientTimeoutError) && (status === undefined || status === 429 || status >= 500);
};

const floats = (values: unknown): Float32Array | undefined => {
  const named = (values as Record<string, unknown> | null | undefined)?.[VECTOR];
  return Array.isArray(named) ? Float32Array.from(named as number[]) : undefined;
};

const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));

/**
 * Vectors in Qdrant: for each model an alias, and behind it a collection with one named vector and payload indexes for what searches are
 * filtered by. Whoever reads and writes knows the alias alone, so that a collection can be replaced in one step.
 */
export const createQdrantIndex = ({ url, apiKey, prefix = 'arasul', timeoutMs = TIMEOUT_MS }: Options): VectorIndex => {
  const address = new URL(url);
  const client = new QdrantClient({
    url,
    // The client takes 6333 for every address without a port.
    port: address.port === '' ? (address.protocol === 'https:' ? 443 : 80) : Number(address.port),
    headers: apiKey === undefined ? {} : { 'api-key': apiKey },
    timeout: timeoutMs,
    checkCompatibility: false,
  });
  const ready = new Map<string, { readonly dimensions: number; readonly done: Promise<void> }>();

  const call = <T>(work: () => Promise<T>): Promise<T> =>
    retry(work, { ...TRIES, retryIf: isPassing }).catch((cause: unknown) => {
      if (isAppError(cause)) throw cause;
      throw new AppError('part_away', {
        message: `The vector index at ${address.host} does not answer. Search goes on by words alone; check ARASUL_QDRANT_URL when this lasts.`,
        retryAfterMs: 10_000,
        cause,
      });
    });

  /** Names of collections may hold few signs, and two models must never share one. */
  const aliasOf = (model: string): string =>
    `${prefix}-${model
      .toLowerCase()
      .replace(/[^a-z0-9]+/gu, '-')
      .slice(0, 60)}-${createHash('sha256').update(model).digest('hex').slice(0, 8)}`;

  const orNothing = <T>(work: () => Promise<T>, nothing: T): Promise<T> =>
    call(() =>
      work().catch((error: unknown) => {
        if (isMissing(error)) return nothing;
        throw error;
      }),
    );

  const aliases = async (): Promise<Map<string, string>> => {
    const { aliases: all } = await call(() => client.getAliases());
    return new Map(all.filter(({ alias_name: name }) => name.startsWith(`${prefix}-`)).map((one) => [one.alias_name, one.collection_name]));
  };

  const sizeOf = async (collection: string): Promise<number | undefined> => {
    const { config } = await call(() => client.getCollection(collection));
    return (config.params.vectors as Record<string, Schemas['VectorParams']> | undefined)?.[VECTOR]?.size;
  };

  /** Makes the model's collection, or a new one beside it when its vectors have another length, and points the alias at it in one step. */
  const make = async (model: string, dimensions: number): Promise<void> => {
    const alias = aliasOf(model);
    const before = (await aliases()).get(alias);
    if (before !== undefined && (await sizeOf(before)) === dimensions) return;
    const collection = `${alias}-${dimensions}-v${before === undefined ? 1 : Number(/-v(\d+)$/u.exec(before)?.[1] ?? 1) + 1}`;
    await call(() =>
      client.createCollection(collection, { vectors: { [VECTOR]: { size: dimensions, distance: 'Cosine' } } }).catch((error: unknown) => {
        // Another process of the box was faster.
        if (statusOf(error) !== 409) throw error;
        return true;
      }),
    );
    for (const [field, schema] of PAYLOAD_INDEXES)
      await call(() => client.createPayloadIndex(collection, { field_name: field, field_schema: schema, wait: true }));
    await call(() =>
      client.updateCollectionAliases({
        actions: [
          ...(before === undefined ? [] : [{ delete_alias: { alias_name: alias } }]),
          { create_alias: { collection_name: collection, alias_name: alias } },
        ],
      }),
    );
    if (before !== undefined && before !== collection) await call(() => client.deleteCollection(before));
  };

  const ensure = (model: string, dimensions: number): Promise<void> => {
    const known = ready.get(model);
    if (known?.dimensions === dimensions) return known.done;
    const done = make(model, dimensions);
    ready.set(model, { dimensions, done });
    // A failed try must not stay.
    done.catch(() => ready.delete(model));
    return done;
  };

  const ofDocument = (documentId: string) => ({ must: [{ key: 'documentId', match: { value: documentId } }] });

  const upsert = async (model: string, points: readonly VectorPoint[]): Promise<void> => {
    const dimensions = points[0]!.vector.length;
    const body = points.map(({ id, documentId, workspaceId, contentHash, vector }) => ({
      id,
      vector: { [VECTOR]: Array.from(vector) },
      payload: { documentId, workspaceId, contentHash, model },
    }));
    const write = () => client.upsert(aliasOf(model), { wait: true, points: body });
    await ensure(model, dimensions);
    await call(() =>
      write().catch(async (error: unknown) => {
        if (!isMissing(error)) throw error;
        // Somebody removed the collection.
        ready.delete(model);
        await ensure(model, dimensions);
        return write();
      }),
    );
  };

  return {
    async put(model, points) {
      for (const batch of chunks(points, PUT_BATCH)) await upsert(model, batch);
    },
    async list(model, documentId) {
      const found = new Map<string, string>();
      let offset: Schemas['ExtendedPointId'] | undefined;
      do {
        const from = offset;
        const page = await orNothing<Schemas['ScrollResult']>(
          () =>
            client.scroll(aliasOf(model), {
              filter: ofDocument(documentId),
              limit: SCROLL_BATCH,
              with_payload: ['contentHash'],
              with_vector: false,
              ...(from === undefined ? {} : { offset: from }),
            }),
          { points: [], next_page_offset: null },
        );
        for (const { id, payload } of page.points) found.set(String(id), String(payload?.['contentHash'] ?? ''));
        const next = page.next_page_offset;
        offset = typeof next === 'string' || typeof next === 'number' ? next : undefined;
      } while (offset !== undefined);
      return found;
    },
    async remove(ids) {
      if (ids.length === 0) return;
      for (const alias of (await aliases()).keys()) await orNothing(() => client.delete(alias, { wait: true, points: [...ids] }), undefined);
    },
    async removeDocument(documentId) {
      for (const alias of (await aliases()).keys()) await orNothing(() => client.delete(alias, { wait: true, filter: ofDocument(documentId) }), undefined);
    },
    async search({ model, vector, limit, workspaceId, documentIds }) {
      if (documentIds?.length === 0) return [];
      const { points } = await orNothing<{ points: { id: Schemas['ExtendedPointId']; score: number }[] }>(
        () =>
          client.query(aliasOf(model), {
            query: Array.from(vector),
            using: VECTOR,
            filter: {
              must: [
                { key: 'workspaceId', match: { value: workspaceId } },
                ...(documentIds === undefined ? [] : [{ key: 'documentId', match: { any: [...documentIds] } }]),
              ],
            },
            params: { hnsw_ef: Math.max(HNSW_EF, limit) },
            limit,
            with_payload: false,
            with_vector: false,
          }),
        { points: [] },
      );
      return points.map(({ id, score }) => ({ id: String(id), score }));
    },
    async vectors(model, ids) {
      if (ids.length === 0) return new Map();
      const records = await orNothing<Schemas['Record'][]>(
        () => client.retrieve(aliasOf(model), { ids: [...ids], with_vector: [VECTOR], with_payload: false }),
        [],
      );
      return new Map(
        records.flatMap(({ id, vector }) => {
          const values = floats(vector);
          return values === undefined ? [] : [[String(id), values] as const];
        }),
      );
    },
    async models() {
      const names: string[] = [];
      for (const alias of (await aliases()).keys()) {
        const { points } = await orNothing(() => client.scroll(alias, { limit: 1, with_payload: ['model'], with_vector: false }), { points: [] });
        const model = points[0]?.payload?.['model'];
        if (typeof model === 'string') names.push(model);
      }
      return names;
    },
  };
};
