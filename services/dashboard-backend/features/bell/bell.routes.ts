import { notificationPage, notificationsRead, pageQuery } from '#contracts';
import { openEventStream, rawRoute, route, type Route } from '../../http/index.ts';
import type { BellService } from './bell.service.ts';

export const bellRoutes = (bell: BellService): Route[] => [
  route({
    method: 'get',
    path: '/notifications',
    auth: 'viewer',
    summary: 'What one was told in the dashboard, newest first, and how much of it is unread.',
    query: pageQuery,
    output: notificationPage,
    handle: ({ who, query }) => bell.list(who, query),
  }),
  route({
    method: 'post',
    path: '/notifications/read',
    auth: 'viewer',
    summary: 'Mark messages of the bell as read; all of them without `ids`.',
    body: notificationsRead,
    handle: ({ who, body }) => bell.read(who, body.ids),
  }),
  rawRoute({
    method: 'get',
    path: '/notifications/stream',
    auth: 'viewer',
    summary: 'The bell as it rings: an event `bell` with the number of unread messages and the newest, now and at each change.',
    produces: 'text/event-stream',
    handle: async ({ who, request, response }) => {
      const stream = openEventStream(request, response);
      for await (const ring of bell.follow(who, stream.signal)) await stream.send({ event: 'bell', data: ring });
      stream.end();
    },
  }),
];
