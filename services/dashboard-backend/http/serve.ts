import express, { type Request, type Response } from 'express';
import type { z } from 'zod';
import { isDatabaseAway } from '#db';
import { AppError, systemClock, type Logger } from '#kit';
import { sendError, unstorable, validationError } from './errors.ts';
import { authorize } from './guard.ts';
import { sendJson, sendNothing, setCommonHeaders } from './headers.ts';
import type { Authenticate, Principal } from './principal.ts';
import type { Found } from './table.ts';

interface ServeOptions {
  authenticate: Authenticate;
  log: Logger;
  /** Checks every answer against its declared shape: for tests. */
  checkOutputs?: boolean;
}

const JSON_LIMIT = '1mb';
/** A restart of Postgres takes about a second; a reader should not notice it. */
const READ_PATIENCE_MS = 6_000;
const READ_RETRY_MS = 200;

/** Whether all text in `value` can be stored: Postgres takes neither NUL nor half a surrogate pair. */
const isStorable = (value: unknown): boolean => {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (value === null || typeof value !== 'object') return true;
  return Object.values(value).every(isStorable);
};

const parse = (schema: z.ZodType | undefined, value: unknown, where: 'path' | 'query' | 'body'): unknown => {
  if (!schema) return undefined;
  const result = schema.safeParse(value);
  if (result.success && isStorable(result.data)) return result.data;
  // A path that cannot name anything is a thing that is not there.
  if (where === 'path') throw new AppError('not_found', { message: 'There is nothing at this address.' });
  throw result.success ? unstorable(where) : validationError(result.error, where);
};

/** Runs reads again while the database restarts; writes are not repeated, since they may have happened. */
const withPatience = async <T>(isRead: boolean, work: () => Promise<T> | T): Promise<T> => {
  const until = systemClock.now() + READ_PATIENCE_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isRead || !isDatabaseAway(error) || systemClock.now() > until) throw error;
      await systemClock.sleep(READ_RETRY_MS);
    }
  }
};

/** Serves a found route: identity, permission, validation, the handler, one error body. */
export const createServe = ({ authenticate, log, checkOutputs = false }: ServeOptions) => {
  const json = express.json({ limit: JSON_LIMIT, strict: true, type: ['application/json', 'application/*+json'] });

  const readBody = async (request: Request, response: Response): Promise<unknown> => {
    await new Promise<void>((resolve, reject) => {
      json(request, response, (error?: unknown) => (error ? reject(error) : resolve()));
    });
    if (request.body === undefined && !request.is('json') && request.headers['content-type'] !== undefined) {
      throw new AppError('unsupported_type', { message: 'Send the body as application/json.' });
    }
    return request.body ?? {};
  };

  const serve = async ({ route, params }: Found, request: Request, response: Response): Promise<void> => {
    const isRead = route.method === 'get';
    // Where anyone may call, nobody is asked: a stale cookie must not keep a person from signing in, nor a lost database from reading /health.
    const who: Principal | null = route.auth === 'anyone' ? null : await withPatience(true, () => authenticate(request));
    authorize(route, who, request);
    // The guard came first: a stranger cannot make the box parse.
    const body = route.body ? await readBody(request, response) : undefined;
    const context = {
      who,
      params: parse(route.params, params, 'path'),
      query: route.query ? parse(route.query, request.query, 'query') : undefined,
      body: parse(route.body, body, 'body'),
      request,
      response,
    };
    if (route.raw) {
      setCommonHeaders(response);
      await route.handle(context);
      return;
    }
    const result = await withPatience(isRead, () => route.handle(context));
    if (!route.output) return sendNothing(response, route.status);
    if (checkOutputs) route.output.parse(result);
    sendJson(response, route.status, result);
  };

  return (found: Found, request: Request, response: Response): void => {
    serve(found, request, response).catch((error: unknown) => sendError(error, request, response, log));
  };
};
