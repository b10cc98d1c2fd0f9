import { z } from 'zod';
import { modelsAnswer, modelView } from '#contracts';
import { route, type Route } from '../../http/index.ts';
import type { ModelsService } from './models.service.ts';

const byModel = z.object({ id: z.string().min(1).max(100) });

export const modelRoutes = (models: ModelsService): Route[] => [
  route({
    method: 'get',
    path: '/models',
    auth: 'admin',
    scope: 'admin',
    summary: 'Every model with its state and progress, the runtime in use, and others found on this machine.',
    output: modelsAnswer,
    handle: () => models.list(),
  }),
  route({
    method: 'post',
    path: '/models/:id/download',
    auth: 'admin',
    scope: 'admin',
    summary: 'Fetch a model in the background.',
    params: byModel,
    output: modelView,
    status: 202,
    handle: ({ who, params }) => models.download(who, params.id),
  }),
  route({
    method: 'post',
    path: '/models/:id/cancel',
    auth: 'admin',
    scope: 'admin',
    summary: 'Stop a download.',
    params: byModel,
    output: modelView,
    handle: ({ who, params }) => models.cancel(who, params.id),
  }),
  route({
    method: 'post',
    path: '/models/:id/activate',
    auth: 'admin',
    scope: 'admin',
    summary: 'Use this model for its purpose.',
    params: byModel,
    output: modelView,
    handle: ({ who, params }) => models.activate(who, params.id),
  }),
  route({
    method: 'delete',
    path: '/models/:id',
    auth: 'admin',
    scope: 'admin',
    summary: 'Remove a model’s files.',
    params: byModel,
    output: modelView,
    status: 202,
    handle: ({ who, params }) => models.remove(who, params.id),
  }),
];
