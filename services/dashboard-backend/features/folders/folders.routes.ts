import { byId, folderCreate, folderList, folderPatch, folderView } from '#contracts';
import { route, type Route } from '../../http/index.ts';
import type { FoldersService } from './folders.service.ts';

export const folderRoutes = (folders: FoldersService): Route[] => [
  route({
    method: 'get',
    path: '/folders',
    auth: 'viewer',
    scope: 'documents:read',
    summary: 'The folders that are open to you, as a tree.',
    output: folderList,
    handle: ({ who }) => folders.list(who),
  }),
  route({
    method: 'post',
    path: '/folders',
    auth: 'user',
    scope: 'documents:write',
    summary: 'Make a folder in another one.',
    body: folderCreate,
    output: folderView,
    status: 201,
    handle: ({ who, body }) => folders.create(who, body),
  }),
  route({
    method: 'patch',
    path: '/folders/:id',
    auth: 'user',
    scope: 'documents:write',
    summary: 'Rename or move a folder.',
    params: byId,
    body: folderPatch,
    output: folderView,
    handle: ({ who, params, body }) => folders.change(who, params.id, body),
  }),
  route({
    method: 'delete',
    path: '/folders/:id',
    auth: 'user',
    scope: 'documents:write',
    summary: 'Remove an empty folder.',
    params: byId,
    handle: ({ who, params }) => folders.remove(who, params.id),
  }),
];
