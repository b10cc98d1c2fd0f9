import { useMutation, useQuery } from '@tanstack/react-query';
import type { UpdateBundleView } from '#contracts';
import { api } from '../../lib/api/client.ts';
import { queryClient } from '../../lib/api/queries.ts';
import { sayError } from '../../lib/notify.ts';

const BUSY_MS = 1_000;
const RESTING_MS = 5_000;

export const isUnderWay = ({ state }: UpdateBundleView): boolean => state === 'waiting' || state === 'checking' || state === 'receiving';

export const useUpdates = () =>
  useQuery({
    queryKey: ['updates'],
    queryFn: () => api.get('/updates', 'updatesView'),
    refetchInterval: ({ state }) => (state.data?.current ? BUSY_MS : RESTING_MS),
  });

export const useBundles = () =>
  useQuery({
    queryKey: ['updates', 'bundles'],
    queryFn: () => api.get('/updates/bundles', 'updateBundlesView'),
    refetchInterval: ({ state }) =>
      state.data?.bundles.some(isUnderWay) || state.data?.requests.some((one) => one.state === 'waiting' || one.state === 'running') ? BUSY_MS : RESTING_MS,
  });

export const refreshUpdates = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ['updates'] });

export const useCheck = () =>
  useMutation({ mutationFn: (id: string) => api.post(`/updates/bundles/${id}/check`, 'updateRequestView'), onSuccess: refreshUpdates, onError: sayError });

export const useRemove = () =>
  useMutation({ mutationFn: (id: string) => api.act('DELETE', `/updates/bundles/${id}`), onSuccess: refreshUpdates, onError: sayError });
