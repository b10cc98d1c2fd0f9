import { byId, page, userCreate, userCreated, userPatch, userPatched, userQuery, userView } from '#contracts';
import { route, type Route } from '../../http/index.ts';
import type { UsersService } from './users.service.ts';

export const userRoutes = (users: UsersService): Route[] => [
  route({
    method: 'get',
    path: '/users',
    auth: 'admin',
    scope: 'admin',
    summary: 'All accounts, by name.',
    query: userQuery,
    output: page(userView),
    handle: ({ query }) => users.list(query),
  }),
  route({
    method: 'post',
    path: '/users',
    auth: 'admin',
    scope: 'admin',
    summary: 'Make an account.',
    body: userCreate,
    output: userCreated,
    status: 201,
    handle: ({ who, body }) => users.create(who, body),
  }),
  route({
    method: 'get',
    path: '/users/:id',
    auth: 'admin',
    scope: 'admin',
    summary: 'One account.',
    params: byId,
    output: userView,
    handle: ({ params }) => users.get(params.id),
  }),
  route({
    method: 'patch',
    path: '/users/:id',
    auth: 'admin',
    scope: 'admin',
    summary: 'Change an account, unlock it, or reset its password.',
    params: byId,
    body: userPatch,
    output: userPatched,
    handle: ({ who, params, body }) => users.change(who, params.id, body),
  }),
  route({
    method: 'delete',
    path: '/users/:id',
    auth: 'admin',
    scope: 'admin',
    summary: 'Remove an account.',
    params: byId,
    handle: ({ who, params }) => users.remove(who, params.id),
  }),
];
