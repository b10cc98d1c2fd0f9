import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { z } from 'zod';
import { AppError, toAppError, type Logger } from '#kit';

export interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  /** Aborted when the caller is gone before the answer is complete. */
  signal: AbortSignal;
}

export type Handler = (call: Call) => Promise<void>;
/** Handlers by `METHOD /path`. */
export type Handlers = Readonly<Record<string, Handler>>;

interface Options {
  handlers: Handlers;
  token: string;
  log: Logger;
}

/** 1,000 long messages; a bigger body fits no context. */
const MAX_BODY_BYTES = 16 * 2 ** 20;

/** A loopback server for a handful of routes: plain http, since every millisecond before the first token counts. */
export const createRuntimeServer = ({ handlers, token, log }: Options): Server => {
  const expected = Buffer.from(`Bearer ${token}`);
  const isAllowed = ({ headers }: IncomingMessage): boolean => {
    const given = Buffer.from(headers.authorization ?? '');
    return given.length === expected.length && timingSafeEqual(given, expected);
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '/', 'http://runtime');
    if (!isAllowed(request))
      throw new AppError('unauthenticated', { message: 'The model runtime is for this machine’s Arasul only: its token is missing or wrong.' });
    const handler = handlers[`${request.method} ${pathname}`];
    if (!handler) throw new AppError('not_found', { message: `The model runtime has nothing at ${request.method} ${pathname}.` });
    const gone = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) gone.abort(new AppError('model_stopped', { message: 'The caller went away.' }));
    });
    await handler({ request, response, signal: gone.signal });
  };

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (response.destroyed) return;
      const problem = toAppError(error);
      if (problem.kind.report) log.error({ error }, problem.message);
      sendError(response, problem);
    });
  });
  // A prompt may wait for the one before it; the caller's patience is the limit, not ours.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 60_000;
  return server;
};

/** Opens `server` and tells the port (0 picks one). */
export const listen = (server: Server, { host, port }: { host: string; port: number }): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });

export const sendJson = (response: ServerResponse, body: unknown, status = 200): void => {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
};

/** OpenAI's error body, with our code in its `code`. In a stream that has begun it is the last event. */
export const sendError = (response: ServerResponse, problem: AppError): void => {
  const body = {
    error: {
      message: problem.message,
      type: problem.kind.status < 500 ? 'invalid_request_error' : 'server_error',
      code: problem.code,
      details: problem.details,
    },
  };
  if (response.headersSent) {
    response.end(`data: ${JSON.stringify(body)}\n\n`);
    return;
  }
  if (problem.retryAfterMs !== undefined) response.setHeader('Retry-After', Math.ceil(problem.retryAfterMs / 1000));
  sendJson(response, body, problem.kind.status);
};

/** The body as `schema` reads it. Errors: `malformed_request`, `payload_too_large`, `validation_failed` with every path. */
export const readBody = async <S extends z.ZodType>(request: IncomingMessage, schema: S): Promise<z.output<S>> => {
  const bytes = await readBytes(request);
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new AppError('malformed_request', { message: 'The request body is not valid JSON.', cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.') || 'body', message }));
  throw new AppError('validation_failed', { message: `\`${problems[0]?.path}\`: ${problems[0]?.message}`, details: { problems } });
};

const tooLarge = (): AppError => new AppError('payload_too_large', { message: `The request is larger than ${MAX_BODY_BYTES / 2 ** 20} MB.` });

/** All of a body. One that is too large is drained unread, so that its sender hears the answer instead of a broken line. */
const readBytes = (request: IncomingMessage): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let size = 0;
    request.on('data', (piece: Buffer) => {
      size += piece.length;
      if (size <= MAX_BODY_BYTES) pieces.push(piece);
      else if (pieces.length > 0) {
        pieces.length = 0;
        reject(tooLarge());
      }
    });
    request.once('end', () => resolve(Buffer.concat(pieces)));
    request.once('error', reject);
  });
