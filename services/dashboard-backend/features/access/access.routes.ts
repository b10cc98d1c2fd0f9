import { accessChange, accessExplainQuery, accessExplanation, accessView, byId, shareCandidates } from '#contracts';
import { route, type Route } from '../../http/index.ts';
import type { Target } from './access.repository.ts';
import type { AccessService } from './access.service.ts';

const onTarget = (access: AccessService, kind: Target['kind'], path: string, named: string): Route[] => [
  route({
    method: 'get',
    path,
    auth: 'viewer',
    scope: 'documents:read',
    summary: `Who may see a ${named}.`,
    params: byId,
    output: accessView,
    handle: ({ who, params }) => access.view(who, { kind, id: params.id }),
  }),
  route({
    method: 'put',
    path,
    auth: 'user',
    scope: 'documents:write',
    summary: `Say who may see a ${named}; what is left out is revoked at once.`,
    params: byId,
    body: accessChange,
    output: accessView,
    handle: ({ who, params, body }) => access.change(who, { kind, id: params.id }, body),
  }),
];

export const accessRoutes = (access: AccessService): Route[] => [
  ...onTarget(access, 'folder', '/folders/:id/access', 'folder'),
  ...onTarget(access, 'document', '/documents/:id/access', 'document'),
  route({
    method: 'get',
    path: '/access/candidates',
    auth: 'user',
    scope: 'documents:read',
    summary: 'People and groups that something can be shared with.',
    output: shareCandidates,
    handle: ({ who }) => access.candidates(who),
  }),
  route({
    method: 'get',
    path: '/access/explain',
    auth: 'admin',
    scope: 'admin',
    summary: 'Who may see a document or passage, why, and why others may not.',
    query: accessExplainQuery,
    output: accessExplanation,
    handle: ({ who, query }) => access.explain(who, query),
  }),
];
