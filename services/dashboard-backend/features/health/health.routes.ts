import type { Response } from 'express';
import { healthAnswer, liveAnswer, type HealthAnswer } from '#contracts';
import { rawRoute, route, type Route } from '../../http/index.ts';
import type { HealthService } from './health.service.ts';

const send = (response: Response, answer: HealthAnswer): void => {
  const isUp = answer.status !== 'unavailable';
  if (!isUp) response.setHeader('Retry-After', 2);
  response.setHeader('Cache-Control', 'no-store');
  response.status(isUp ? 200 : 503).json(answer);
};

export const healthRoutes = (health: HealthService): Route[] => [
  route({
    method: 'get',
    path: '/health/live',
    auth: 'anyone',
    summary: 'Whether the process answers.',
    output: liveAnswer,
    handle: () => ({ status: 'live' as const }),
  }),
  rawRoute({
    method: 'get',
    path: '/health/ready',
    auth: 'anyone',
    summary: 'Whether the box can serve: 200, or 503 while it cannot.',
    output: healthAnswer,
    handle: async ({ response }) => send(response, await health.look()),
  }),
  rawRoute({
    method: 'get',
    path: '/health',
    auth: 'anyone',
    summary: 'The parts of the box by name and state.',
    output: healthAnswer,
    handle: async ({ response }) => send(response, await health.look()),
  }),
];
