import { randomUUID } from 'node:crypto';
import type { Route } from '../../services/dashboard-backend/http/index.ts';
import type { Box } from './box.ts';

export interface ServedRoute extends Route {
  /** The address, with parameters filled so that they name nothing. */
  address: string;
  /** `GET /api/v1/users/:id` */
  title: string;
}

/** Every route that the box serves. */
export const servedRoutes = (box: Pick<Box, 'routes'>): ServedRoute[] =>
  Object.entries(box.routes).flatMap(([prefix, routes]) =>
    routes.map((route) => {
      const path = `${prefix === '/' ? '' : prefix}${route.path}`;
      return { ...route, title: `${route.method.toUpperCase()} ${path}`, address: path.replaceAll(/\/:\w+|\/\*\w+/g, () => `/${randomUUID()}`) };
    }),
  );

/** The status of a request; the rest of the answer, which may never end, is not waited for. */
export const statusOf = async (url: string, init: RequestInit): Promise<number> => {
  const response = await fetch(url, init);
  await response.body?.cancel();
  return response.status;
};
