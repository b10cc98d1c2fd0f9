import { seriesAnswer, seriesQuery, systemOverview } from '#contracts';
import { rawRoute, route, type Route } from '../../http/index.ts';
import type { System } from './index.ts';

export const systemRoutes = ({ overview, series }: System): Route[] => [
  route({
    method: 'get',
    path: '/system/overview',
    auth: 'viewer',
    scope: 'metrics:read',
    summary: 'The machine and the product now, and what is wrong with them.',
    output: systemOverview,
    handle: ({ who }) => overview.read(who.workspaceId),
  }),
  route({
    method: 'get',
    path: '/metrics/series',
    auth: 'viewer',
    scope: 'metrics:read',
    summary: "A chart's points, with min, mean and max of each.",
    query: seriesQuery,
    output: seriesAnswer,
    handle: ({ query }) => series.read(query),
  }),
];

/** Outside of the API's prefix, where Prometheus looks. */
export const prometheusRoutes = ({ exporter, overview }: System): Route[] => [
  rawRoute({
    method: 'get',
    path: '/metrics',
    auth: 'local',
    scope: 'metrics:read',
    summary: 'All metrics as Prometheus text.',
    produces: 'text/plain',
    async handle({ who, response }) {
      const text = await exporter.text(await overview.read(who?.workspaceId ?? null));
      response.setHeader('Content-Type', exporter.contentType);
      response.setHeader('Cache-Control', 'no-store');
      response.end(text);
    },
  }),
];
