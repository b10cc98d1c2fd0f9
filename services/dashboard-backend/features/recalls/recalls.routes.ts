import { byId, page, recallQuery, recalledAnswer } from '#contracts';
import { route, type Route } from '../../http/index.ts';
import type { RecallsService } from './recalls.service.ts';

export const recallRoutes = (recalls: RecallsService): Route[] => [
  route({
    method: 'get',
    path: '/answers/recalled',
    auth: 'user',
    scope: 'chat',
    summary: 'Your answers of which a source has changed or was deleted since, newest first.',
    query: recallQuery,
    output: page(recalledAnswer),
    handle: ({ who, query }) => recalls.list(who, query),
  }),
  route({
    method: 'post',
    path: '/answers/:id/seen',
    auth: 'user',
    scope: 'chat',
    summary: 'Take note that sources of one of your answers have changed; `id` is the message’s.',
    params: byId,
    status: 204,
    handle: ({ who, params }) => recalls.see(who, params.id),
  }),
];
