import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '../../lib/api/client.ts';
import { queryClient } from '../../lib/api/queries.ts';

/** A line moves with every answer; this is as often as a person can follow. */
const EVERY_MS = 2_000;
const PAGE = 50;

export const queueQuery = queryOptions({ queryKey: ['queue', 'now'], queryFn: () => api.get('/queue', 'queueView'), refetchInterval: EVERY_MS });

export const waitingQuery = infiniteQueryOptions({
  queryKey: ['queue', 'waiting'],
  queryFn: ({ pageParam }) => api.page('/queue/jobs', 'queueJob', { query: { limit: PAGE, cursor: pageParam } }),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  refetchInterval: EVERY_MS,
});

export const refreshQueue = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ['queue'] });
