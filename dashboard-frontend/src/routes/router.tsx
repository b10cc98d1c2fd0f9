import { createRouter } from '@tanstack/react-router';
import { setSignedOutHandler } from '../lib/api/client.ts';
import { meQuery, queryClient } from '../lib/api/queries.ts';
import { NotFound, RouteError, RoutePending } from './fallbacks.tsx';
import { routeTree } from './tree.tsx';

export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  defaultPendingMs: 200,
  defaultPendingComponent: RoutePending,
  defaultErrorComponent: RouteError,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

// A session that ended elsewhere: ask who it is, and come back to the same place.
setSignedOutHandler(() => {
  // Nobody was signed in: then it is the guard's matter, which asked.
  if (queryClient.getQueryData(meQuery.queryKey) === undefined) return;
  queryClient.clear();
  void router.navigate({ to: '/login', search: { to: router.state.location.href } });
});
