import { answerFeedback, answerFeedbackPut, byId, feedbackSuggestion, page, pageQuery } from '#contracts';
import { route, type Route } from '../../http/index.ts';
import type { FeedbackService } from './feedback.service.ts';

export const feedbackRoutes = (feedback: FeedbackService): Route[] => [
  route({
    method: 'put',
    path: '/messages/:id/feedback',
    auth: 'user',
    scope: 'chat',
    summary: 'Say whether one of your answers was good, and why. Admins see it with the question.',
    params: byId,
    body: answerFeedbackPut,
    output: answerFeedback,
    handle: ({ who, params, body }) => feedback.put(who, params.id, body),
  }),
  route({
    method: 'delete',
    path: '/messages/:id/feedback',
    auth: 'user',
    scope: 'chat',
    summary: 'Take back what you said of an answer.',
    params: byId,
    handle: ({ who, params }) => feedback.remove(who, params.id),
  }),
  route({
    method: 'get',
    path: '/feedback',
    auth: 'admin',
    summary: 'What people said of their answers and no admin has looked at yet, newest first.',
    query: pageQuery,
    output: page(feedbackSuggestion),
    handle: ({ who, query }) => feedback.list(who, query),
  }),
  route({
    method: 'post',
    path: '/feedback/:id/dismiss',
    auth: 'admin',
    summary: 'Nothing is made of this feedback; `id` is the message’s.',
    params: byId,
    status: 204,
    handle: ({ who, params }) => feedback.dismiss(who, params.id),
  }),
];
