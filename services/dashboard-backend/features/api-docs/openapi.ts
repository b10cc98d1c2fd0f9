import { z } from 'zod';
import * as contracts from '#contracts';
import type { Route } from '../../http/index.ts';
import { createSchemaWriter, type JsonSchema } from './schemas.ts';

export interface Operation {
  summary: string;
  tags: string[];
  operationId: string;
  security: Record<string, string[]>[];
  /** Least role, `anyone` or `local`. */
  'x-who': string;
  'x-scope'?: string;
  parameters?: { name: string; in: 'path' | 'query'; required: boolean; schema: JsonSchema }[];
  requestBody?: { required: true; content: Record<string, { schema: JsonSchema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: JsonSchema }> }>;
}

export interface OpenApi {
  openapi: string;
  info: { title: string; version: string; description: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, JsonSchema>; securitySchemes: Record<string, unknown> };
}

type RoutesByPrefix = Readonly<Record<string, readonly Route[]>>;

const STATUS_WORDS: Record<number, string> = {
  200: 'Done.',
  201: 'Made.',
  202: 'Accepted; it goes on in the background.',
  204: 'Done; there is nothing to say.',
};

const fullPath = (prefix: string, path: string): string => `${prefix === '/' ? '' : prefix}${path}`.replaceAll(/:(\w+)/g, '{$1}');

/** `getUsersId` for GET /api/v1/users/{id}; OpenAI's own routes carry their name, since both have `models`. */
const operationIdOf = (method: string, path: string): string =>
  [method, ...(path.startsWith('/v1/') ? ['openai'] : []), ...path.split(/[^A-Za-z0-9]+/).filter((part) => part !== '' && part !== 'api' && part !== 'v1')]
    .map((part, index) => (index === 0 ? part : part[0]!.toUpperCase() + part.slice(1)))
    .join('');

const tagOf = (path: string): string => {
  const parts = path.split('/').filter((part) => part !== '');
  if (parts[0] === 'v1') return 'openai';
  if (path === '/api/docs' || path === '/api/v1/openapi.json') return 'api';
  return (parts[0] === 'api' ? parts[2] : parts[0]) ?? 'box';
};

const securityOf = (route: Route): Operation['security'] => {
  if (route.auth === 'anyone') return [];
  const person: Operation['security'] = [{ session: [], csrf: [] }, { token: [] }];
  return route.scope ? [...person, { key: [] }] : person;
};

/** The OpenAPI 3.1 description of `routes`: derived from the data that serves them, so that it cannot be wrong. */
export const describeApi = (routes: RoutesByPrefix): OpenApi => {
  const schemas = createSchemaWriter(contracts);

  const parametersOf = (schema: z.ZodType | undefined, where: 'path' | 'query'): NonNullable<Operation['parameters']> => {
    if (!schema) return [];
    const { properties = {}, required = [] } = schemas.inline(schema, 'input');
    return Object.entries(properties).map(([name, property]) => ({ name, in: where, required: where === 'path' || required.includes(name), schema: property }));
  };

  const contentOf = (route: Route): { content?: Record<string, { schema: JsonSchema }> } => {
    if (route.output) return { content: { [route.produces ?? 'application/json']: { schema: schemas.write(route.output, 'output') } } };
    return route.produces ? { content: { [route.produces]: { schema: { type: 'string' } } } } : {};
  };

  const operationOf = (route: Route, path: string): Operation => {
    const parameters = [...parametersOf(route.params, 'path'), ...parametersOf(route.query, 'query')];
    const bodies = route.body
      ? { 'application/json': { schema: schemas.write(route.body, 'input') } }
      : Object.fromEntries((route.consumes ?? []).map((type) => [type, { schema: {} }]));
    return {
      summary: route.summary,
      tags: [tagOf(path)],
      operationId: operationIdOf(route.method, path),
      security: securityOf(route),
      'x-who': route.auth,
      ...(route.scope ? { 'x-scope': route.scope } : {}),
      ...(parameters.length > 0 ? { parameters } : {}),
      ...(Object.keys(bodies).length > 0 ? { requestBody: { required: true, content: bodies } } : {}),
      responses: {
        [route.status]: { description: STATUS_WORDS[route.status] ?? 'Answered.', ...contentOf(route) },
        default: { description: 'Not done; `error.code` says why.', content: { 'application/json': { schema: schemas.write(contracts.errorBody, 'output') } } },
      },
    };
  };

  const paths: OpenApi['paths'] = {};
  for (const [prefix, list] of Object.entries(routes)) {
    for (const route of list) {
      const path = fullPath(prefix, route.path);
      (paths[path] ??= {})[route.method] = operationOf(route, path);
    }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Arasul', version: '1', description: 'The HTTP API of an Arasul box. Derived from the routes that serve it.' },
    paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1))),
    components: {
      schemas: schemas.components(),
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'arasul_session', description: 'The dashboard’s session.' },
        csrf: {
          type: 'apiKey',
          in: 'header',
          name: 'x-csrf-token',
          description: 'The value of the cookie arasul_csrf; unsafe methods of a cookie session need it.',
        },
        token: { type: 'http', scheme: 'bearer', description: 'The access token of POST /api/v1/auth/login.' },
        key: { type: 'http', scheme: 'bearer', description: 'An API key whose scopes name the route’s `x-scope`.' },
      },
    },
  };
};
