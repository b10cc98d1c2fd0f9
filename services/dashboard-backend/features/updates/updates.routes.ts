import { page, pageQuery, updateEvent, updatesView } from '#contracts';
import { route, type Route } from '../../http/index.ts';
import type { UpdatesService } from './updates.service.ts';

export const updateRoutes = (updates: UpdatesService): Route[] => [
  route({
    method: 'get',
    path: '/updates',
    auth: 'admin',
    scope: 'admin',
    summary: 'Versions of all components, the release before, and whose releases are taken.',
    output: updatesView,
    handle: () => updates.view(),
  }),
  route({
    method: 'get',
    path: '/updates/history',
    auth: 'admin',
    scope: 'admin',
    summary: 'What was applied and what became of it, newest first.',
    query: pageQuery,
    output: page(updateEvent),
    handle: ({ query }) => updates.history(query),
  }),
];
