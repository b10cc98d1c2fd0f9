import { QueryClient, queryOptions, useQuery } from '@tanstack/react-query';
import type { Role, UserView } from '#contracts';
import { api } from './client.ts';
import { connection } from './connection.ts';
import { isApiError } from './errors.ts';

const OVERVIEW_EVERY_MS = 5_000;
const KNOCK_EVERY_MS = 2_500;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // The page knocks by itself while the box is away and asks for everything again once it answers.
      retry: false,
      staleTime: 5_000,
      refetchOnWindowFocus: true,
      networkMode: 'always',
    },
    mutations: { retry: false, networkMode: 'always' },
  },
});

/** Who is signed in. Errors: `unauthenticated`. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: () => api.get('/auth/me', 'userView'),
  staleTime: 60_000,
});

export const setupQuery = queryOptions({ queryKey: ['setup'], queryFn: () => api.get('/setup', 'setupState'), staleTime: 0 });

/** The machine now: readings, services, problems, counts. Asked again every five seconds while the page is seen. */
export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  queryFn: () => api.get('/system/overview', 'systemOverview'),
  refetchInterval: OVERVIEW_EVERY_MS,
  staleTime: 2_000,
});

/** What its owner calls this box; the product's name until that is known. */
export const useBoxName = (): string => {
  // Nothing is asked for here: whichever page is open has asked for one of the two.
  const setup = useQuery({ ...setupQuery, enabled: false }).data;
  const overview = useQuery({ ...overviewQuery, enabled: false }).data;
  return overview?.boxName ?? setup?.boxName ?? 'Arasul';
};

const rank: Record<Role, number> = { viewer: 0, user: 1, admin: 2, owner: 3 };
export const hasRole = (user: Pick<UserView, 'role'> | undefined, least: Role): boolean => user !== undefined && rank[user.role] >= rank[least];

/** The signed-in user; inside the shell there always is one. */
export const useMe = (): UserView | undefined => useQuery(meQuery).data;
export const useMay = (least: Role): boolean => hasRole(useMe(), least);

/** Knocks while the box is away; when it answers, everything shown is asked for again. */
export const keepKnocking = (client: QueryClient): void => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const knock = async () => {
    timer = undefined;
    try {
      await api.get('/setup', 'setupState');
    } catch (error) {
      if (!isApiError(error) || error.away) {
        timer = setTimeout(() => void knock(), KNOCK_EVERY_MS);
        return;
      }
    }
    await client.invalidateQueries();
  };
  connection.subscribe(() => {
    if (connection.get().awaySince !== null) timer ??= setTimeout(() => void knock(), KNOCK_EVERY_MS);
  });
};
