import type { MessageView } from '#contracts';
import { infiniteQueryOptions, type InfiniteData } from '@tanstack/react-query';
import { api, type Page } from '../../lib/api/client.ts';
import { queryClient } from '../../lib/api/queries.ts';

const MESSAGES_EACH = 60;
const CONVERSATIONS_EACH = 40;

/** The conversations that hold `q` in their title or messages, the latest first. */
export const conversationsQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: ['conversations', q],
    queryFn: ({ pageParam, signal }) => api.page('/conversations', 'conversationView', { query: { q, limit: CONVERSATIONS_EACH, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  });

/** The messages of a conversation from its end backwards. */
export const messagesQuery = (conversationId: string) =>
  infiniteQueryOptions({
    queryKey: ['messages', conversationId],
    queryFn: ({ pageParam, signal }) =>
      api.page(`/conversations/${conversationId}/messages`, 'messageView', { query: { limit: MESSAGES_EACH, order: 'newest', cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    staleTime: 15_000,
  });

type Messages = InfiniteData<Page<MessageView>, string | undefined>;

/** In the order in which they were said. */
export const inOrder = (pages: readonly Page<MessageView>[] | undefined): MessageView[] => pages?.flatMap(({ items }) => items).toReversed() ?? [];

/** Puts messages into what is shown, in place of those with the same id, else at the end. */
export const placeMessages = (conversationId: string, messages: readonly MessageView[]): void => {
  queryClient.setQueryData<Messages>(messagesQuery(conversationId).queryKey, (data) => {
    const pages = data?.pages ?? [{ items: [], nextCursor: null }];
    const shown = new Set(pages.flatMap(({ items }) => items.map(({ id }) => id)));
    const added = messages.filter(({ id }) => !shown.has(id)).toReversed();
    const replaced = pages.map(({ items, nextCursor }) => ({ items: items.map((item) => messages.find(({ id }) => id === item.id) ?? item), nextCursor }));
    const [first, ...rest] = replaced as [Page<MessageView>, ...Page<MessageView>[]];
    return { pages: [{ ...first, items: [...added, ...first.items] }, ...rest], pageParams: data?.pageParams ?? [undefined] };
  });
};
