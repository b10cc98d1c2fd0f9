import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

type Fault = 'error 500' | 'error 429' | 'silence' | 'cut';
interface Condition {
  key: string;
  match: { value?: unknown; any?: unknown[] };
}
interface Filter {
  must?: Condition[];
}
interface Point {
  id: string;
  vector: Record<string, number[]>;
  payload: Record<string, unknown>;
}
interface Collection {
  config: { params: { vectors: Record<string, { size: number; distance: string }> } };
  indexes: Record<string, unknown>;
  points: Map<string, Point>;
}
interface Body {
  vectors: Collection['config']['params']['vectors'];
  field_name: string;
  field_schema: unknown;
  actions: { create_alias?: { alias_name: string; collection_name: string }; delete_alias?: { alias_name: string } }[];
  points: Point[];
  ids: string[];
  filter?: Filter;
  query: number[];
  using: string;
  limit: number;
  offset?: string;
  with_vector?: boolean | string[];
  with_payload?: boolean | string[];
}

const unit = (vector: readonly number[]): number[] => {
  const length = Math.hypot(...vector);
  return length === 0 ? [...vector] : vector.map((value) => value / length);
};
const fits = ({ payload }: Point, filter: Filter | undefined): boolean =>
  (filter?.must ?? []).every(({ key, match }) => (match.any === undefined ? payload[key] === match.value : match.any.includes(payload[key])));

class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A Qdrant in memory on its own REST wire, as far as the product speaks it; exact where the real one may be approximate. Can be told to fail. */
export const startQdrantDouble = async () => {
  const collections = new Map<string, Collection>();
  const aliases = new Map<string, string>();
  const requests: string[] = [];
  const rules: { fault: Fault; path: RegExp; times: number }[] = [];

  const find = (name: string): Collection => {
    const found = collections.get(aliases.get(name) ?? name);
    if (!found) throw new Refusal(404, `Not found: Collection \`${name}\` doesn't exist!`);
    return found;
  };

  const pointRoutes: Record<string, (collection: Collection, body: Body) => unknown> = {
    'PUT /points': (collection, { points }) => {
      for (const point of points) {
        for (const [name, vector] of Object.entries(point.vector)) {
          const params = collection.config.params.vectors[name];
          if (!params) throw new Refusal(400, `Wrong input: Not existing vector name error: ${name}`);
          if (params.size !== vector.length) throw new Refusal(400, `Wrong input: Vector dimension error: expected dim: ${params.size}, got ${vector.length}`);
        }
        collection.points.set(point.id, {
          ...point,
          vector: Object.fromEntries(Object.entries(point.vector).map(([name, vector]) => [name, unit(vector)])),
        });
      }
      return { operation_id: 1, status: 'completed' };
    },
    'POST /points': ({ points }, { ids, with_vector: names }) =>
      ids.flatMap((id) => {
        const point = points.get(id);
        return point ? [{ id, payload: null, ...(Array.isArray(names) ? { vector: point.vector } : {}) }] : [];
      }),
    'POST /points/delete': ({ points }, { points: ids, filter }) => {
      for (const point of [...points.values()])
        if (ids === undefined ? fits(point, filter) : (ids as unknown as string[]).includes(point.id)) points.delete(point.id);
      return { operation_id: 2, status: 'completed' };
    },
    'POST /points/scroll': ({ points }, { filter, limit, offset = '' }) => {
      const all = [...points.values()].filter((point) => point.id >= offset && fits(point, filter)).sort((a, b) => (a.id < b.id ? -1 : 1));
      return { points: all.slice(0, limit).map(({ id, payload }) => ({ id, payload })), next_page_offset: all[limit]?.id ?? null };
    },
    'POST /points/query': ({ points, config }, { query, using, filter, limit }) => {
      if (config.params.vectors[using]?.size !== query.length) throw new Refusal(400, 'Wrong input: Vector dimension error');
      const wanted = unit(query);
      const scored = [...points.values()]
        .filter((point) => fits(point, filter))
        .map((point) => ({ id: point.id, version: 1, score: point.vector[using]!.reduce((sum, value, at) => sum + value * wanted[at]!, 0) }));
      return { points: scored.sort((a, b) => b.score - a.score).slice(0, limit) };
    },
  };

  const answer = async (request: IncomingMessage, url: URL): Promise<unknown> => {
    const body = (request.method === 'GET' || request.method === 'DELETE' ? {} : await json(request)) as Body;
    const [, first, name = '', ...rest] = url.pathname.split('/').map(decodeURIComponent);
    const route = `${request.method} /${rest.join('/')}`;
    if (first === 'aliases') return { aliases: [...aliases].map(([alias, collection]) => ({ alias_name: alias, collection_name: collection })) };
    if (name === 'aliases') {
      for (const { create_alias: create, delete_alias: remove } of body.actions) {
        if (remove) aliases.delete(remove.alias_name);
        if (create && !collections.has(create.collection_name)) throw new Refusal(404, 'Not found: Collection');
        if (create) aliases.set(create.alias_name, create.collection_name);
      }
      return true;
    }
    if (route === 'PUT /') {
      if (collections.has(name)) throw new Refusal(409, `Wrong input: Collection \`${name}\` already exists!`);
      collections.set(name, { config: { params: { vectors: body.vectors } }, indexes: {}, points: new Map() });
      return true;
    }
    if (route === 'DELETE /') return collections.delete(name);
    const collection = find(name);
    if (route === 'GET /') return { status: 'green', config: collection.config, points_count: collection.points.size };
    if (route === 'PUT /index') {
      collection.indexes[body.field_name] = body.field_schema;
      return { operation_id: 0, status: 'completed' };
    }
    const handle = pointRoutes[route];
    if (!handle) throw new Refusal(404, `The double does not know ${route}.`);
    return handle(collection, body);
  };

  const reply = (response: ServerResponse, status: number, body: object) => {
    const text = JSON.stringify({ ...body, time: 0.0001 });
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(text);
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://double');
    requests.push(`${request.method} ${url.pathname}`);
    const rule = rules.find(({ path, times }) => times > 0 && path.test(url.pathname));
    if (rule) rule.times -= 1;
    if (rule?.fault === 'silence') return;
    if (rule?.fault === 'error 500') return void request.resume().on('end', () => reply(response, 500, { status: { error: 'Service internal error' } }));
    if (rule?.fault === 'error 429')
      return void request.resume().on('end', () => {
        response.setHeader('Retry-After', '1');
        reply(response, 429, { status: { error: 'Rate limited' } });
      });
    answer(request, url).then(
      (result) => {
        if (rule?.fault !== 'cut') return reply(response, 200, { status: 'ok', result });
        const text = JSON.stringify({ status: 'ok', result });
        response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': text.length });
        response.write(text.slice(0, text.length / 2), () => response.destroy());
      },
      (error: unknown) =>
        reply(response, error instanceof Refusal ? error.status : 500, { status: { error: error instanceof Error ? error.message : 'unknown' }, result: null }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    collections,
    aliases,
    fail: (fault: Fault, path: RegExp, times = 1) => void rules.push({ fault, path, times }),
    async stop(): Promise<void> {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
