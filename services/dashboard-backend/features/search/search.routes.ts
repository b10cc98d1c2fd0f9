import { searchAnswer, searchExplained, searchExplainRequest, searchRequest } from '#contracts';
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
  route({
    method: 'post',
    path: '/search/explain',
    auth: 'admin',
    scope: 'search',
    summary: 'A search with every stage’s candidates, scores and times, with other weights if wanted.',
    body: searchExplainRequest,
    output: searchExplained,
    handle: ({ who, body }) => search.explain(who, body),
  }),
];
