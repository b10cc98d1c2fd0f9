import { Button } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import type { DeliveryView } from '#contracts';
import { useTranslation } from 'react-i18next';
import { Section } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { RelativeTime } from '../../components/ui/relative-time.tsx';
import { StateWord } from '../../components/ui/state-mark.tsx';
import { Table, type Column } from '../../components/ui/table.tsx';
import { api } from '../../lib/api/client.ts';
import { sayError } from '../../lib/notify.ts';
import { useWords } from '../alerts/index.ts';

const REFRESH_MS = 5_000;
const tones = { pending: 'warn', delivered: 'ok', folded: 'ok', dropped: 'bad' } as const;

/** What was told to whom, what waits, and why. */
export const Deliveries = () => {
  const { t } = useTranslation(['channels', 'common']);
  const query = useInfiniteQuery({
    queryKey: ['deliveries'],
    queryFn: ({ pageParam, signal }) => api.page('/deliveries', 'deliveryView', { query: { limit: 25, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  });
  const columns = useColumns();
  return (
    <Section title={t('channels:log.title')}>
      <QueryView query={query}>
        {({ pages }) => {
          const rows = pages.flatMap(({ items }) => items);
          if (rows.length === 0) return <p className="quiet">{t('channels:log.none')}</p>;
          return (
            <>
              <Table label={t('channels:log.title')} columns={columns} rows={rows} rowKey={({ id }) => id} />
              {query.hasNextPage && (
                <Button mt="md" variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  {t('common:showMore')}
                </Button>
              )}
            </>
          );
        }}
      </QueryView>
    </Section>
  );
};

const useColumns = (): Column<DeliveryView>[] => {
  const { t } = useTranslation('channels');
  const words = useWords();
  return [
    {
      id: 'at',
      header: t('log.at'),
      width: '150px',
      cell: ({ createdAt }) => (
        <span className="num">
          <RelativeTime at={createdAt} />
        </span>
      ),
    },
    { id: 'what', header: t('log.what'), phone: 'bare', cell: ({ title }) => words(title) },
    { id: 'to', header: t('log.to'), cell: ({ channel }) => `${t(`kind.${channel.kind}`)} · ${channel.username ?? channel.name}` },
    {
      id: 'status',
      header: t('column.state'),
      cell: ({ status, error, attempts }) => (
        <>
          <StateWord tone={tones[status]}>{t(`log.status.${status}`)}</StateWord>
          {error !== null && status !== 'delivered' && <p className="small quiet">{t('log.tried', { count: attempts, error })}</p>}
        </>
      ),
    },
    { id: 'actions', header: t('column.actions'), quietHeader: true, align: 'end', phone: 'corner', cell: (row) => <Actions delivery={row} /> },
  ];
};

const Actions = ({ delivery: { id, status } }: { delivery: DeliveryView }) => {
  const { t } = useTranslation('channels');
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: (what: 'retry' | 'cancel') => api.act('POST', `/deliveries/${id}/${what}`),
    onError: sayError,
    onSettled: () => client.invalidateQueries({ queryKey: ['deliveries'] }),
  });
  if (status !== 'pending' && status !== 'dropped') return null;
  return (
    <span style={{ display: 'inline-flex', gap: 8 }}>
      <Button size="xs" variant="default" loading={act.isPending} onClick={() => act.mutate('retry')}>
        {t('log.retry')}
      </Button>
      {status === 'pending' && (
        <Button size="xs" variant="default" loading={act.isPending} onClick={() => act.mutate('cancel')}>
          {t('log.cancel')}
        </Button>
      )}
    </span>
  );
};
