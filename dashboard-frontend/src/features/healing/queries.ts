import { queryOptions } from '@tanstack/react-query';
import { api } from '../../lib/api/client.ts';

/** Often enough that a repair is seen while it goes on. */
const EVERY_MS = 3_000;
const SHOWN = 50;

export const healthMapQuery = queryOptions({
  queryKey: ['healing', 'map'],
  queryFn: ({ signal }) => api.get('/healing/map', 'healthMap', { signal }),
  refetchInterval: EVERY_MS,
});
export const repairsOverviewQuery = queryOptions({
  queryKey: ['healing', 'overview'],
  queryFn: ({ signal }) => api.get('/healing/overview', 'repairsOverview', { signal }),
  refetchInterval: EVERY_MS,
});
export const eventsQuery = queryOptions({
  queryKey: ['healing', 'events'],
  queryFn: ({ signal }) => api.page('/healing/events', 'healingEventView', { query: { limit: SHOWN }, signal }),
  refetchInterval: EVERY_MS,
});
export const drillsQuery = queryOptions({
  queryKey: ['healing', 'drills'],
  queryFn: ({ signal }) => api.page('/healing/drills', 'drillView', { query: { limit: 10 }, signal }),
  refetchInterval: EVERY_MS,
});
