import type { Response } from 'express';
import { rawRoute, type Route } from '../../http/index.ts';
import { describeApi, type OpenApi } from './openapi.ts';
import { renderPage } from './page.ts';

type RoutesByPrefix = Readonly<Record<string, readonly Route[]>>;

const send = (response: Response, type: string, text: string): void => {
  response.setHeader('Content-Type', type);
  response.setHeader('Cache-Control', 'no-cache');
  response.end(text);
};

/** Describes `routes`, themselves included; asked for once, when somebody first reads it. */
export const apiDocsRoutes = (routes: () => RoutesByPrefix): { api: Route[]; pages: Route[] } => {
  let described: OpenApi | undefined;
  const describe = () => (described ??= describeApi(routes()));
  return {
    api: [
      rawRoute({
        method: 'get',
        path: '/openapi.json',
        auth: 'anyone',
        summary: 'This API as OpenAPI 3.1.',
        produces: 'application/json',
        handle: ({ response }) => send(response, 'application/json; charset=utf-8', JSON.stringify(describe(), null, 2)),
      }),
    ],
    pages: [
      rawRoute({
        method: 'get',
        path: '/api/docs',
        auth: 'anyone',
        summary: 'This API as a page to read.',
        produces: 'text/html',
        handle: ({ response }) => send(response, 'text/html; charset=utf-8', renderPage(describe())),
      }),
    ],
  };
};
