import { NumberInput } from '@mantine/core';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { FairnessPerson } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { Empty } from '../../components/ui/states.tsx';
import { Table, type Column } from '../../components/ui/table.tsx';
import { api } from '../../lib/api/client.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import { SpanChoice } from './span-choice.tsx';

/** The share of the accelerator that each asked for by weight, and got. */
export const FairnessPage = () => {
  const { t } = useTranslation(['fairness', 'common']);
  const format = useFormat();
  const [days, setDays] = useState(1);
  const query = useQuery({
    queryKey: ['queue', 'fairness', days],
    queryFn: ({ signal }) => api.get('/queue/fairness', 'fairnessView', { query: { days }, signal }),
    placeholderData: keepPreviousData,
  });
  const columns = useColumns();
  const { data } = query;
  const longest = data && Math.max(0, ...data.people.map(({ longestWaitedMs }) => longestWaitedMs));
  return (
    <Page
      title={t('common:places.fairness')}
      sentence={
        data &&
        (data.people.length === 0
          ? t('fairness:nobody')
          : t('fairness:sentence', { count: data.people.length, used: format.duration(data.usedMs), longest: format.duration(longest ?? 0) }))
      }
      actions={<SpanChoice days={days} onChange={setDays} />}
    >
      <QueryView query={query}>
        {({ people }) =>
          people.length === 0 ? (
            <Empty title={t('fairness:none')}>{t('fairness:noneText')}</Empty>
          ) : (
            <>
              <Table label={t('common:places.fairness')} columns={columns} rows={people} rowKey={({ userId }) => userId ?? 'box'} />
              <p className="quiet">{t('fairness:legend')}</p>
            </>
          )
        }
      </QueryView>
    </Page>
  );
};

const useColumns = (): Column<FairnessPerson>[] => {
  const { t } = useTranslation('fairness');
  const format = useFormat();
  return [
    { id: 'who', header: t('column.who'), phone: 'bare', cell: ({ username }) => username ?? t('box') },
    { id: 'weight', header: t('column.weight'), align: 'end', cell: (person) => <Weight person={person} /> },
    { id: 'asked', header: t('column.asked'), align: 'end', cell: ({ askedShare }) => <span className="num">{format.percent(askedShare * 100)}</span> },
    { id: 'got', header: t('column.got'), align: 'end', cell: ({ gotShare }) => <span className="num">{format.percent(gotShare * 100)}</span> },
    { id: 'used', header: t('column.used'), align: 'end', cell: ({ usedMs }) => <span className="num">{format.duration(usedMs)}</span> },
    { id: 'jobs', header: t('column.jobs'), align: 'end', cell: ({ jobs }) => <span className="num">{format.number(jobs)}</span> },
    {
      id: 'waited',
      header: t('column.waited'),
      align: 'end',
      cell: ({ medianWaitedMs, longestWaitedMs }) => (
        <span className="num">{t('waited', { median: format.duration(medianWaitedMs), longest: format.duration(longestWaitedMs) })}</span>
      ),
    },
  ];
};

const Weight = ({ person: { userId, username, weight } }: { person: FairnessPerson }) => {
  const { t } = useTranslation('fairness');
  const client = useQueryClient();
  const [typed, setTyped] = useState<string | number>(weight);
  const change = useMutation({
    mutationFn: (next: number) => api.act('PUT', `/queue/weights/${userId}`, { body: { weight: next } }),
    onSettled: () => client.invalidateQueries({ queryKey: ['queue'] }),
  });
  if (userId === null) return <span className="num">1</span>;
  const save = (): void => {
    const next = Number(typed);
    if (next >= 0.1 && next <= 100 && next !== weight) change.mutate(next);
    else setTyped(weight);
  };
  return (
    <NumberInput
      aria-label={t('weightOf', { name: username })}
      value={typed}
      onChange={setTyped}
      onBlur={save}
      onKeyDown={(event) => event.key === 'Enter' && save()}
      min={0.1}
      max={100}
      step={1}
      w={80}
      size="xs"
      error={change.isError ? t('weightFailed') : undefined}
    />
  );
};
