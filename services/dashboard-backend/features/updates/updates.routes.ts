import {
  byId,
  newTrust,
  newUpdateUpload,
  page,
  pageQuery,
  rollBackPreview,
  trustCandidate,
  trustCandidateView,
  trustName,
  trustView,
  updateAgreement,
  updateBundlesView,
  updateBundleView,
  updateChunkQuery,
  updateEvent,
  updateRequestView,
  updatesView,
} from '#contracts';
import { rawRoute, route, type Route } from '../../http/index.ts';
import { readChunk } from './chunk-request.ts';
import type { UpdateRequests } from './requests.service.ts';
import type { TrustService } from './trust.service.ts';
import type { UpdatesService } from './updates.service.ts';
import type { UpdateUploads } from './uploads.service.ts';

interface Services {
  updates: UpdatesService;
  uploads: UpdateUploads;
  requests: UpdateRequests;
  trust: TrustService;
}

const admin = { auth: 'admin', scope: 'admin' } as const;

export const updateRoutes = ({ updates, uploads, requests, trust }: Services): Route[] => [
  route({
    ...admin,
    method: 'get',
    path: '/updates',
    summary: 'Versions of all components, the update under way, the release before, when updates are applied, and whose releases are taken.',
    output: updatesView,
    handle: () => updates.view(),
  }),
  route({
    ...admin,
    method: 'get',
    path: '/updates/history',
    summary: 'What was applied and what became of it, newest first.',
    query: pageQuery,
    output: page(updateEvent),
    handle: ({ query }) => updates.history(query),
  }),
  route({
    ...admin,
    method: 'get',
    path: '/updates/bundles',
    summary: 'Bundles that were sent or lie on a stick, with what each would change, and what is being done with them.',
    output: updateBundlesView,
    handle: () => requests.list(),
  }),
  route({
    ...admin,
    method: 'post',
    path: '/updates/uploads',
    summary: 'Begin to send a bundle, or go on: `receivedBytes` says from where.',
    body: newUpdateUpload,
    output: updateBundleView,
    status: 201,
    handle: ({ who, body }) => uploads.begin(who, body),
  }),
  rawRoute({
    ...admin,
    method: 'put',
    path: '/updates/uploads/:id',
    summary: 'The piece of a bundle that begins at `offset`, at most 8 MiB; X-Content-Sha256 may name its hash. After the last one the bundle is checked.',
    params: byId,
    query: updateChunkQuery,
    consumes: ['application/octet-stream'],
    output: updateBundleView,
    handle: async ({ who, params, query, request, response }) => {
      response.json(await uploads.take(who, params.id, { ...query, ...(await readChunk(request)) }));
    },
  }),
  route({
    ...admin,
    method: 'delete',
    path: '/updates/bundles/:id',
    summary: 'Remove a bundle, whole or half sent.',
    params: byId,
    handle: ({ who, params }) => uploads.remove(who, params.id),
  }),
  route({
    ...admin,
    method: 'post',
    path: '/updates/bundles/:id/check',
    summary: 'Check a bundle anew.',
    params: byId,
    output: updateRequestView,
    status: 202,
    handle: ({ who, params }) => requests.check(who, params.id),
  }),
  route({
    ...admin,
    method: 'post',
    path: '/updates/bundles/:id/apply',
    summary: 'Apply a bundle whose plan was read; `sha256` is the plan’s.',
    params: byId,
    body: updateAgreement,
    output: updateRequestView,
    status: 202,
    handle: ({ who, params, body }) => requests.apply(who, params.id, body),
  }),
  route({
    ...admin,
    method: 'get',
    path: '/updates/roll-back',
    summary: 'What would be lost on the way back to the release before.',
    output: rollBackPreview,
    handle: () => requests.previewRollBack(),
  }),
  route({
    ...admin,
    method: 'post',
    path: '/updates/roll-back',
    summary: 'Return to the release before.',
    output: updateRequestView,
    status: 202,
    handle: ({ who }) => requests.rollBack(who),
  }),
  route({
    ...admin,
    method: 'post',
    path: '/updates/trust/look',
    summary: 'What a root is, before it is trusted: its keys’ fingerprints, to be compared with what the maker tells.',
    body: trustCandidate,
    output: trustCandidateView,
    handle: ({ body }) => trust.describe(body.root),
  }),
  route({
    ...admin,
    method: 'post',
    path: '/updates/trust',
    summary: 'Take the releases of one more maker.',
    body: newTrust,
    output: trustView,
    status: 201,
    handle: ({ who, body }) => trust.add(who, body),
  }),
  route({
    ...admin,
    method: 'post',
    path: '/updates/trust/:name/revoke',
    summary: 'Refuse from now on what a maker signed.',
    params: trustName,
    output: trustView,
    handle: ({ who, params }) => trust.setRevoked(who, params.name, true),
  }),
  route({
    ...admin,
    method: 'post',
    path: '/updates/trust/:name/restore',
    summary: 'Take a revoked maker’s releases again.',
    params: trustName,
    output: trustView,
    handle: ({ who, params }) => trust.setRevoked(who, params.name, false),
  }),
];
