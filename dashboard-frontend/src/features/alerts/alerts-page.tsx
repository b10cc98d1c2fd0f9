import { Button, SegmentedControl } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { IncidentView } from '#contracts';
import { useTranslation } from 'react-i18next';
import { Page } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { RelativeTime } from '../../components/ui/relative-time.tsx';
import { StateWord } from '../../components/ui/state-mark.tsx';
import { Empty } from '../../components/ui/states.tsx';
import { Table, type Column } from '../../components/ui/table.tsx';
import { api } from '../../lib/api/client.ts';
import { severityTone, useWords } from './incident-words.ts';

const EACH = 50;
const REFRESH_MS = 5_000;

/** What is wrong now, and what was. */
export const AlertsPage = () => {
  const { t } = useTranslation(['alerts', 'common']);
  const words = useWords();
  const navigate = useNavigate({ from: '/alerts' });
  const { state = 'now' } = useSearch({ from: '/shell/alerts/' });
  const summary = useQuery({
    queryKey: ['alerts', 'summary'],
    queryFn: ({ signal }) => api.get('/alerts/summary', 'alertSummary', { signal }),
    refetchInterval: REFRESH_MS,
  });
  const query = useInfiniteQuery({
    queryKey: ['incidents', state],
    queryFn: ({ pageParam, signal }) => api.page('/incidents', 'incidentView', { query: { state, limit: EACH, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  });
  const columns = useColumns();
  const { open = 0, worst } = summary.data ?? {};
  return (
    <Page
      title={t('common:places.alerts')}
      sentence={summary.data && (worst ? t('alerts:sentence.open', { count: open, worst: words(worst.title) }) : t('alerts:sentence.well'))}
      actions={
        <SegmentedControl
          aria-label={t('alerts:which')}
          value={state}
          onChange={(value) => void navigate({ search: value === 'over' ? { state: 'over' } : {}, replace: true })}
          data={[
            { value: 'now', label: t('alerts:now') },
            { value: 'over', label: t('alerts:history') },
          ]}
        />
      }
    >
      <QueryView query={query}>
        {({ pages }) => {
          const rows = pages.flatMap(({ items }) => items);
          if (rows.length === 0) return <Empty title={t(`alerts:none.${state}`)}>{t(`alerts:noneText.${state}`)}</Empty>;
          return (
            <>
              <Table label={t('common:places.alerts')} columns={columns} rows={rows} rowKey={({ id }) => id} />
              {query.hasNextPage && (
                <Button mt="md" variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  {t('common:showMore')}
                </Button>
              )}
            </>
          );
        }}
      </QueryView>
    </Page>
  );
};

const useColumns = (): Column<IncidentView>[] => {
  const { t } = useTranslation('alerts');
  const words = useWords();
  return [
    {
      id: 'severity',
      header: t('column.severity'),
      width: '130px',
      cell: ({ severity, state }) => (
        <StateWord tone={state === 'open' || state === 'acknowledged' ? severityTone[severity] : 'ok'}>{t(`severity.${severity}`)}</StateWord>
      ),
    },
    {
      id: 'title',
      header: t('column.what'),
      phone: 'bare',
      cell: ({ id, title }) => (
        <Link to="/incidents/$incidentId" params={{ incidentId: id }}>
          {words(title)}
        </Link>
      ),
    },
    {
      id: 'state',
      header: t('column.state'),
      cell: ({ state, acknowledgedBy, noData, resolvedAt }) =>
        `${t(`state.${state}`, { name: acknowledgedBy ?? '' })}${noData && resolvedAt === null ? ` · ${t('event.silent')}` : ''}`,
    },
    {
      id: 'openedAt',
      header: t('column.since'),
      width: '170px',
      cell: ({ openedAt }) => (
        <span className="num">
          <RelativeTime at={openedAt} />
        </span>
      ),
    },
  ];
};
