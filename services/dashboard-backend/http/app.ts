import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import { AppError, type Logger } from '#kit';
import { errorHandler } from './errors.ts';
import { setCommonHeaders } from './headers.ts';
import type { Authenticate } from './principal.ts';
import { newRequestId } from './request-id.ts';
import type { Route } from './route.ts';
import { createServe } from './serve.ts';
import { createRouteTable } from './table.ts';

export interface AppOptions {
  /** Routes by the prefix under which they are served. */
  routes: Readonly<Record<string, readonly Route[]>>;
  authenticate: Authenticate;
  log: Logger;
  /** Serves the dashboard's files; absent in tests of the API. */
  pages?: RequestHandler;
  /** Told of every finished request but event streams, for histograms. */
  onRequest?: (finished: { method: string; status: number; durationMs: number }) => void;
  checkOutputs?: boolean;
}

/** What is missing below these is an error for a client, not a page of the dashboard. */
const NOT_PAGES = /^\/(api|v1|health|metrics)(\/|$)/;

const SLOW_REQUEST_MS = 2_000;

const isEventStream = (response: Response): boolean => response.getHeader('content-type')?.toString().startsWith('text/event-stream') ?? false;

/** The one listener's application: the API, the dashboard's files, and the error body for everything else. */
export const createApp = ({ routes, authenticate, log, pages, onRequest, checkOutputs }: AppOptions): Express => {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  const table = createRouteTable(routes);
  const serve = createServe({ authenticate, log, checkOutputs });

  const observe = (request: Request, response: Response): void => {
    const began = performance.now();
    response.on('finish', () => {
      const durationMs = performance.now() - began;
      // An event stream lasts as long as somebody looks; its time says nothing about the box.
      if (isEventStream(response)) return;
      onRequest?.({ method: request.method, status: response.statusCode, durationMs });
      if (durationMs > SLOW_REQUEST_MS) {
        log.info(
          { requestId: response.locals.requestId as string, method: request.method, path: request.path, status: response.statusCode, durationMs },
          'a slow request',
        );
      }
    });
  };

  app.use((request, response, next) => {
    response.locals.requestId = newRequestId();
    observe(request, response);
    const found = table.find(request.method, request.path);
    if (found) return serve(found, request, response);
    setCommonHeaders(response);
    if (pages && !NOT_PAGES.test(request.path)) return pages(request, response, next);
    next();
  });
  app.use((request, _response, next) => {
    next(new AppError('not_found', { message: `There is nothing at ${request.method} ${request.path}.` }));
  });
  app.use(errorHandler(log));
  return app;
};
