import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError, type Host } from '#kit';
import type { BackendConfig } from './config.ts';
import { createFeatures, type FeatureOptions } from './features.ts';
import { createPages } from './features/pages/index.ts';
import { createApp, type Route } from './http/index.ts';

interface BackendOptions extends FeatureOptions {
  /** Checks every answer against its declared shape: for tests. */
  checkOutputs?: boolean;
}

export interface Backend {
  port: number;
  routes: Readonly<Record<string, readonly Route[]>>;
  stop(): Promise<void>;
}

/** Node's own five minutes would cut off gigabytes on a slow line; an upload that falls silent is ended by its route. */
const LONGEST_REQUEST_MS = 6 * 3_600_000;

/** Requests in hand get this long to end; event streams never end by themselves. */
const DRAIN_MS = 3_000;

const listen = (server: Server, { host, port }: BackendConfig): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why =
        cause.code === 'EADDRINUSE'
          ? `port ${port} is taken by another program; set ARASUL_PORT to a free one`
          : `cannot listen on ${host}:${port} (${cause.message})`;
      reject(new AppError('configuration_invalid', { message: `The dashboard cannot start: ${why}.`, cause }));
    });
    server.listen({ host, port }, () => resolve((server.address() as AddressInfo).port));
  });

const drain = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });

/** Constructs the backend and opens its port. */
export const startBackend = async (host: Host, config: BackendConfig, { checkOutputs, ...options }: BackendOptions = {}): Promise<Backend> => {
  const features = await createFeatures(host, config, options);
  const pages = config.publicDir === null ? undefined : createPages(config.publicDir);
  const app = createApp({ routes: features.routes, authenticate: features.authenticate, onRequest: features.onRequest, log: host.log, pages, checkOutputs });
  const server = createServer(app);
  server.requestTimeout = LONGEST_REQUEST_MS;
  const port = await listen(server, config);
  return {
    port,
    routes: features.routes,
    async stop() {
      await drain(server);
      await features.close();
    },
  };
};
