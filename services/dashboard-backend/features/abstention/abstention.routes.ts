import { abstentionFit, page, pageQuery } from '#contracts';
import { route, type Route } from '../../http/index.ts';
import type { AbstentionService } from './abstention.service.ts';

export const abstentionRoutes = (abstention: AbstentionService): Route[] => [
  route({
    method: 'get',
    path: '/abstention/fits',
    auth: 'admin',
    summary: 'How often questions are answered or refused wrongly, by the threshold fitted to the box’s documents; newest first.',
    query: pageQuery,
    output: page(abstentionFit),
    handle: ({ who, query }) => abstention.list(who, query),
  }),
  route({
    method: 'post',
    path: '/abstention/fits',
    auth: 'admin',
    summary: 'Fit the threshold of refusing now.',
    status: 202,
    handle: () => abstention.fit(),
  }),
];
