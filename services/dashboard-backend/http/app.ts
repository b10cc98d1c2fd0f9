import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { AppError, type Logger } from '#kit';
import { errorHandler, newRequestId } from './errors.ts';
import { mountRoutes } from './mount.ts';
import type { Authenticate } from './principal.ts';
import type { Route } from './route.ts';

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

const security = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:', 'blob:'],
      fontSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      workerSrc: ["'self'", 'blob:'],
      objectSrc: ["'none'"],
      baseUri: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  // The box speaks plain HTTP on the LAN unless its owner gives it a certificate.
  hsts: false,
  originAgentCluster: false,
  crossOriginOpenerPolicy: false,
});

/** The one listener's application: the API, the dashboard's files, and the error body for everything else. */
export const createApp = ({ routes, authenticate, log, pages, onRequest, checkOutputs }: AppOptions): Express => {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.use((request, response, next) => {
    const began = performance.now();
    const requestId = newRequestId();
    response.locals.requestId = requestId;
    response.setHeader('X-Request-Id', requestId);
    response.on('finish', () => {
      const durationMs = performance.now() - began;
      // An event stream lasts as long as somebody looks; its time says nothing about the box.
      if (response.getHeader('content-type')?.toString().startsWith('text/event-stream')) return;
      onRequest?.({ method: request.method, status: response.statusCode, durationMs });
      if (durationMs > SLOW_REQUEST_MS)
        log.info({ requestId, method: request.method, path: request.path, status: response.statusCode, durationMs }, 'a slow request');
    });
    next();
  });
  app.use(security);
  for (const [prefix, list] of Object.entries(routes)) {
    app.use(prefix, mountRoutes(list, { authenticate, log, checkOutputs }));
  }
  if (pages) app.use((request, response, next) => (NOT_PAGES.test(request.path) ? next() : pages(request, response, next)));
  app.use((request, _response, next) => {
    next(new AppError('not_found', { message: `There is nothing at ${request.method} ${request.path}.` }));
  });
  app.use(errorHandler(log));
  return app;
};
