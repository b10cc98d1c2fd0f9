import { queryOptions, useQuery } from '@tanstack/react-query';
import type { SilenceCreate, SilenceView } from '#contracts';
import { useTranslation } from 'react-i18next';
import { api } from '../../lib/api/client.ts';
import { queryClient } from '../../lib/api/queries.ts';
import { rulesQuery } from './rules.ts';

const REFRESH_MS = 10_000;

/** What is told to nobody, now or later. */
export const silencesQuery = queryOptions({
  queryKey: ['alert-silences'],
  queryFn: async ({ signal }) => (await api.page('/alerts/silences', 'silenceView', { signal })).items,
  refetchInterval: REFRESH_MS,
});

const refresh = () =>
  Promise.all([
    queryClient.invalidateQueries({ queryKey: silencesQuery.queryKey }),
    queryClient.invalidateQueries({ queryKey: ['incident'] }),
    queryClient.invalidateQueries({ queryKey: ['alerts'] }),
  ]);

export const makeSilence = async (silence: Partial<SilenceCreate> & Pick<SilenceCreate, 'target' | 'endsAt'>): Promise<SilenceView> => {
  const made = await api.post('/alerts/silences', 'silenceView', silence);
  await refresh();
  return made;
};
export const endSilence = async (id: string): Promise<void> => {
  await api.act('DELETE', `/alerts/silences/${id}`);
  await refresh();
};

/** Eight in the morning of the next day, where the reader is. */
export const tomorrowMorning = (now: number): Date => {
  const at = new Date(now);
  return new Date(at.getFullYear(), at.getMonth(), at.getDate() + 1, 8);
};

const HOST_PART = /^([a-z][a-z0-9-]*)(?::(.*))?$/;

/** What a silence is about, in words: everything, a part of the box with its device, or a rule by its name. */
export const useTargetWords = (): ((target: string) => string) => {
  const { t } = useTranslation('alerts');
  const rules = useQuery(rulesQuery).data;
  return (target) => {
    if (target === '*') return t('quiet.everything');
    const rule = rules?.find(({ id }) => id === target);
    if (rule) return rule.name;
    const [, part, device] = HOST_PART.exec(target) ?? [];
    const name = part === undefined ? target : t(`part.${part as 'disk'}`, { defaultValue: part });
    return device === undefined ? name : `${name} · ${device}`;
  };
};
