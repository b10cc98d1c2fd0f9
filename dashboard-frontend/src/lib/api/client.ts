import { connection } from './connection.ts';
import { ApiError, errorFrom } from './errors.ts';

type Contracts = typeof import('#contracts');
interface Parses<Output> {
  _zod: { output: Output };
  safeParse(value: unknown): { success: boolean; error?: unknown };
}
/** The contracts' schemas, by name. Naming one types the answer without shipping the schema to the browser. */
export type SchemaName = { [Name in keyof Contracts]: Contracts[Name] extends Parses<unknown> ? Name : never }[keyof Contracts];
export type Answer<Name extends SchemaName> = Contracts[Name] extends Parses<infer Output> ? Output : never;

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

type QueryValue = string | number | boolean | undefined | null;

/** A path under `/api/v1` with its query; empty values are left out. */
export const apiPath = (path: string, query: Record<string, QueryValue> = {}): string => {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  const text = search.toString();
  return `/api/v1${path}${text === '' ? '' : `?${text}`}`;
};

/** The cookie's value that proves a request comes from our own page; sent back as `x-csrf-token`. */
export const csrfToken = (cookies = document.cookie): string | undefined => /(?:^|;\s*)arasul_csrf=([^;]*)/.exec(cookies)?.[1];

export const csrfHeaders = (): Record<string, string> => {
  const token = csrfToken();
  return token === undefined ? {} : { 'x-csrf-token': decodeURIComponent(token) };
};

interface RequestOptions {
  query?: Record<string, QueryValue>;
  body?: unknown;
  signal?: AbortSignal;
  keepalive?: boolean;
}

let onSignedOut: (() => void) | undefined;
/** Called when any request is refused for want of identity, so that the page can ask for it. */
export const setSignedOutHandler = (handler: () => void): void => {
  onSignedOut = handler;
};

/** One request. Errors: always an ApiError, except AbortError when `signal` was used. */
export const send = async (method: string, path: string, { query, body, signal, keepalive }: RequestOptions = {}): Promise<Response> => {
  const headers: Record<string, string> = { accept: 'application/json', ...(method === 'GET' ? {} : csrfHeaders()) };
  if (body !== undefined) headers['content-type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(apiPath(path, query), {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal,
      keepalive,
      credentials: 'same-origin',
    });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    connection.away();
    throw new ApiError({ code: 'network', message: 'The box does not answer.', status: 0, cause });
  }
  if (response.ok) {
    connection.answered();
    return response;
  }
  const error = errorFrom(response.status, await response.text(), response.headers);
  if (error.away) connection.away();
  else connection.answered();
  if (error.code === 'unauthenticated') onSignedOut?.();
  throw error;
};

/** While developing and in tests the answer is held against its contract; a shipped page trusts its own box. */
const check = async (name: SchemaName, values: unknown[], path: string): Promise<void> => {
  const contracts = await import('#contracts');
  for (const value of values) {
    const result = (contracts[name] as unknown as Parses<unknown>).safeParse(value);
    if (!result.success) throw new TypeError(`${path} does not answer a ${name}`, { cause: result.error });
  }
};

const read = async <Name extends SchemaName>(method: string, path: string, name: Name, options?: RequestOptions): Promise<Answer<Name>> => {
  const value: unknown = await (await send(method, path, options)).json();
  if (import.meta.env.DEV) await check(name, [value], path);
  return value as Answer<Name>;
};

export const api = {
  get: <Name extends SchemaName>(path: string, name: Name, options?: RequestOptions) => read('GET', path, name, options),
  post: <Name extends SchemaName>(path: string, name: Name, body?: unknown, options?: RequestOptions) =>
    read('POST', path, name, { ...options, body: body ?? {} }),
  patch: <Name extends SchemaName>(path: string, name: Name, body: unknown) => read('PATCH', path, name, { body }),
  put: <Name extends SchemaName>(path: string, name: Name, body: unknown) => read('PUT', path, name, { body }),
  /** A page of a list whose items are `name`. */
  async page<Name extends SchemaName>(path: string, name: Name, options?: RequestOptions): Promise<Page<Answer<Name>>> {
    const value = (await (await send('GET', path, options)).json()) as Page<Answer<Name>>;
    if (import.meta.env.DEV) await check(name, value.items, path);
    return value;
  },
  /** A request whose answer has no body that matters. */
  async act(method: 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, options?: RequestOptions): Promise<void> {
    await send(method, path, options);
  },
};
