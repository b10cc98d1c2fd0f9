import { byId, estimatesView, fairnessView, spanQuery, weightPut } from '#contracts';
import { route, type Route } from '../../http/index.ts';
import type { FairnessService } from './fairness.service.ts';

export const fairnessRoutes = (fairness: FairnessService): Route[] => [
  route({
    method: 'get',
    path: '/queue/estimates',
    auth: 'admin',
    scope: 'admin',
    summary: 'How true the tickets were: median error, and how often the p90 held.',
    query: spanQuery,
    output: estimatesView,
    handle: ({ query }) => fairness.estimates(query.days),
  }),
  route({
    method: 'get',
    path: '/queue/fairness',
    auth: 'admin',
    scope: 'admin',
    summary: 'The share of the accelerator that each asked for by weight, and got.',
    query: spanQuery,
    output: fairnessView,
    handle: ({ query }) => fairness.fairness(query.days),
  }),
  route({
    method: 'put',
    path: '/queue/weights/:id',
    auth: 'admin',
    scope: 'admin',
    summary: 'Give a person a weight: twice the weight is twice the share while others wait.',
    params: byId,
    body: weightPut,
    output: fairnessView,
    handle: ({ who, params, body }) => fairness.setWeight(who, params.id, body.weight),
  }),
];
