import { byId, jobPatch, jobQuery, jobView, page } from '#contracts';
import { openEventStream, rawRoute, route, type Route } from '../../http/index.ts';
import type { Follow } from './follow.ts';
import type { JobsService } from './jobs.service.ts';

export const jobRoutes = (jobs: JobsService, follow: Follow): Route[] => [
  route({
    method: 'get',
    path: '/jobs',
    auth: 'user',
    scope: 'chat',
    summary: 'One’s own jobs, newest first.',
    query: jobQuery,
    output: page(jobView),
    handle: ({ who, query }) => jobs.list(who, query),
  }),
  route({
    method: 'get',
    path: '/jobs/:id',
    auth: 'user',
    scope: 'chat',
    summary: 'A job’s state and its place in line.',
    params: byId,
    output: jobView,
    handle: ({ who, params }) => jobs.get(who, params.id),
  }),
  route({
    method: 'patch',
    path: '/jobs/:id',
    auth: 'user',
    scope: 'chat',
    summary: 'Word a question anew while it waits; it keeps its place.',
    params: byId,
    body: jobPatch,
    output: jobView,
    handle: ({ who, params, body }) => jobs.edit(who, params.id, body.content),
  }),
  rawRoute({
    method: 'get',
    path: '/jobs/:id/events',
    auth: 'user',
    scope: 'chat',
    summary: 'A job’s events from the first, or after Last-Event-ID, until its end.',
    params: byId,
    produces: 'text/event-stream',
    handle: async ({ who, params, request, response }) => {
      await jobs.get(who, params.id);
      const stream = openEventStream(request, response);
      for await (const { seq, event, data } of follow(params.id, stream.lastEventId, stream.signal)) await stream.send({ id: seq, event, data });
      stream.end();
    },
  }),
  route({
    method: 'post',
    path: '/jobs/:id/cancel',
    auth: 'user',
    scope: 'chat',
    summary: 'Stop a job; what was written so far stays.',
    params: byId,
    output: jobView,
    handle: ({ who, params }) => jobs.cancel(who, params.id),
  }),
];
