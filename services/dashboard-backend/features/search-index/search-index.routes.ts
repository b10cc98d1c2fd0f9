import { searchIndexSwitch, searchIndexView } from '#contracts';
import { route, type Route } from '../../http/index.ts';
import type { SearchIndexService } from './search-index.service.ts';

export const searchIndexRoutes = (index: SearchIndexService): Route[] => [
  route({
    method: 'get',
    path: '/search/index',
    auth: 'admin',
    summary: 'Which embedding model the search compares with, and how full the others’ indexes are.',
    output: searchIndexView,
    handle: () => index.view(),
  }),
  route({
    method: 'post',
    path: '/search/index/switch',
    auth: 'admin',
    summary: 'Compare with another model whose vectors are complete, or go back to the one before.',
    body: searchIndexSwitch,
    output: searchIndexView,
    handle: ({ who, body }) => index.switch(who, body.model),
  }),
];
