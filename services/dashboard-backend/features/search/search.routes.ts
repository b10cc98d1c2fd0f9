import { searchAnswer, searchRequest } from '#contracts';
import { route, type Route } from '../../http/index.ts';
import type { SearchService } from './search.service.ts';

export const searchRoutes = (search: SearchService): Route[] => [
  route({
    method: 'post',
    path: '/search',
    auth: 'user',
    scope: 'search',
    summary: 'Passages that answer a question, best first, with where they stand.',
    body: searchRequest,
    output: searchAnswer,
    handle: ({ who, body }) => search.search(who, body),
  }),
];
