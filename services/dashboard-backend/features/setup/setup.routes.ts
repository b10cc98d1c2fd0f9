import { restoreRequest, restoreView, sessionGrant, setupRequest, setupState } from '#contracts';
import { route, type Route } from '../../http/index.ts';
import { fromOf, handOver } from '../accounts/index.ts';
import type { RestoreService } from './restore.service.ts';
import type { SetupService } from './setup.service.ts';

export const setupRoutes = (setup: SetupService, restore: RestoreService): Route[] => [
  route({ method: 'get', path: '/setup', auth: 'anyone', summary: 'Whether this box still needs its owner.', output: setupState, handle: () => setup.state() }),
  route({
    method: 'post',
    path: '/setup',
    auth: 'anyone',
    summary: 'Make the owner’s account with the one-time code from the terminal.',
    body: setupRequest,
    output: sessionGrant,
    status: 201,
    handle: async ({ body, request, response }) => handOver(request, response, await setup.complete(body, fromOf(request))),
  }),
  route({
    method: 'get',
    path: '/setup/restore',
    auth: 'anyone',
    summary: 'How far the restore of a backup is, on a box that has no owner yet.',
    output: restoreView,
    handle: () => restore.state(),
  }),
  route({
    method: 'post',
    path: '/setup/restore',
    auth: 'anyone',
    summary: 'Restore a backup on a bare machine, with the one-time code from the terminal and the recovery key’s words.',
    body: restoreRequest,
    output: restoreView,
    status: 202,
    handle: ({ body }) => restore.begin(body),
  }),
];
