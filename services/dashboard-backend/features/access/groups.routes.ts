import { byId, groupCreate, groupList, groupPatch, groupView } from '#contracts';
import { route, type Route } from '../../http/index.ts';
import type { GroupsService } from './groups.service.ts';

export const groupRoutes = (groups: GroupsService): Route[] => [
  route({
    method: 'get',
    path: '/groups',
    auth: 'admin',
    scope: 'admin',
    summary: 'Groups of people, by name.',
    output: groupList,
    handle: ({ who }) => groups.list(who),
  }),
  route({
    method: 'post',
    path: '/groups',
    auth: 'admin',
    scope: 'admin',
    summary: 'Make a group.',
    body: groupCreate,
    output: groupView,
    status: 201,
    handle: ({ who, body }) => groups.create(who, body),
  }),
  route({
    method: 'patch',
    path: '/groups/:id',
    auth: 'admin',
    scope: 'admin',
    summary: 'Rename a group, or say who is in it.',
    params: byId,
    body: groupPatch,
    output: groupView,
    handle: ({ who, params, body }) => groups.change(who, params.id, body),
  }),
  route({
    method: 'delete',
    path: '/groups/:id',
    auth: 'admin',
    scope: 'admin',
    summary: 'Remove a group, and with it what was granted to it.',
    params: byId,
    handle: ({ who, params }) => groups.remove(who, params.id),
  }),
];
