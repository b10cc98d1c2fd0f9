import { sessionGrant, setupRequest, setupState } from '#contracts';
import { route, type Route } from '../../http/index.ts';
import { fromOf, handOver } from '../accounts/index.ts';
import type { SetupService } from './setup.service.ts';

export const setupRoutes = (setup: SetupService): Route[] => [
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
];
