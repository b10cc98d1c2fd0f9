import { infiniteQueryOptions } from '@tanstack/react-query';
import { api } from '../../lib/api/client.ts';
import { queryClient } from '../../lib/api/queries.ts';
import { sayError } from '../../lib/notify.ts';

const EACH = 30;
/** Documents change while nobody looks; the bell tells at once, this list a little later. */
const REFRESH_MS = 60_000;

/** Answers of one's own of which a source changed: those not taken note of, or all. */
export const recalledQuery = (showAll: boolean) =>
  infiniteQueryOptions({
    queryKey: ['recalled', showAll],
    queryFn: ({ pageParam, signal }) =>
      api.page('/answers/recalled', 'recalledAnswer', { query: { seen: showAll ? undefined : false, limit: EACH, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    refetchInterval: REFRESH_MS,
  });

/** Takes note of what changed in these answers. */
export const markSeen = async (messageIds: readonly string[]): Promise<void> => {
  try {
    await Promise.all(messageIds.map((id) => api.act('POST', `/answers/${id}/seen`)));
  } catch (error) {
    sayError(error);
  }
  await queryClient.invalidateQueries({ queryKey: ['recalled'] });
};
