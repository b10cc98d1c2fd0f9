import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../../lib/api/client.ts';
import { sayError } from '../../lib/notify.ts';

const REFRESH_MS = 5_000;

const channelsKey = ['channels'] as const;

/** One's own channels; for administrators, everybody's. */
export const useChannels = () =>
  useQuery({
    queryKey: channelsKey,
    queryFn: async ({ signal }) => (await api.page('/channels', 'channelView', { signal })).items,
    refetchInterval: REFRESH_MS,
  });

/** An act on channels, after which the page looks again. */
export const useChannelAct = <Input>(act: (input: Input) => Promise<unknown>) => {
  const client = useQueryClient();
  return useMutation({ mutationFn: act, onError: sayError, onSettled: () => client.invalidateQueries({ queryKey: channelsKey }) });
};
