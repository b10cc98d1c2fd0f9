import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Button } from '@mantine/core';
import type { TrustView, UpdatesView } from '#contracts';
import { useTranslation } from 'react-i18next';
import { Page, Section } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { Empty } from '../../components/ui/states.tsx';
import { Table, type Column } from '../../components/ui/table.tsx';
import { api } from '../../lib/api/client.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import { useHistoryColumns } from './history-columns.tsx';

const REFRESH_MS = 3_000;
const EACH = 20;

/** What runs, what became of each update and why, and whose releases this box takes. */
export const UpdatesPage = () => {
  const { t } = useTranslation(['updates', 'common']);
  const view = useQuery({ queryKey: ['updates'], queryFn: () => api.get('/updates', 'updatesView'), refetchInterval: REFRESH_MS });
  const history = useInfiniteQuery({
    queryKey: ['updates', 'history'],
    queryFn: ({ pageParam }) => api.page('/updates/history', 'updateEvent', { query: { limit: EACH, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    refetchInterval: REFRESH_MS,
  });
  const columns = useHistoryColumns();
  return (
    <Page title={t('common:places.updates')} sentence={<Sentence view={view.data} />}>
      <Section title={t('updates:history')}>
        <QueryView query={history}>
          {({ pages }) => {
            const rows = pages.flatMap(({ items }) => items);
            if (rows.length === 0) return <Empty title={t('updates:none')}>{t('updates:noneText')}</Empty>;
            return (
              <>
                <Table label={t('updates:history')} columns={columns} rows={rows} rowKey={({ id }) => String(id)} />
                {history.hasNextPage && (
                  <Button variant="default" loading={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
                    {t('common:showMore')}
                  </Button>
                )}
              </>
            );
          }}
        </QueryView>
      </Section>
      <QueryView query={view}>
        {({ components, trust }) => (
          <>
            <Section title={t('updates:components')}>
              <Components components={components} />
            </Section>
            <Section title={t('updates:trust')}>
              {trust.length === 0 ? (
                <Empty title={t('updates:nobody')}>{t('updates:nobodyText')}</Empty>
              ) : (
                trust.map((one) => <Source key={one.name} source={one} />)
              )}
            </Section>
          </>
        )}
      </QueryView>
    </Page>
  );
};

const Sentence = ({ view }: { view: UpdatesView | undefined }) => {
  const { t } = useTranslation('updates');
  if (view === undefined) return '\u00a0';
  const { version, previous, onTrial } = view;
  return [t(onTrial ? 'sentence.trial' : 'sentence.plain', { version }), previous === null ? '' : t('sentence.previous', { version: previous })].join(' ');
};

const Components = ({ components }: Pick<UpdatesView, 'components'>) => {
  const { t } = useTranslation('updates');
  const columns: Column<UpdatesView['components'][number]>[] = [
    { id: 'name', header: t('column.component'), cell: ({ name }) => name },
    { id: 'version', header: t('column.version'), cell: ({ version }) => <span className="num">{version}</span> },
  ];
  return <Table label={t('components')} columns={columns} rows={components} rowKey={({ name, type }) => `${type} ${name}`} />;
};

const Source = ({ source: { name, revoked, rootVersion, threshold, keys, expires } }: { source: TrustView }) => {
  const { t } = useTranslation('updates');
  const format = useFormat();
  return (
    <div>
      <b>{name}</b>
      {revoked && <span className="quiet"> · {t('revoked')}</span>}
      <p className="small quiet">{t('root', { version: rootVersion, threshold, count: keys.length, expires: format.absolute(Date.parse(expires)) })}</p>
      <ul>
        {keys.map(({ id, fingerprint }) => (
          <li key={id} className="small num" style={{ overflowWrap: 'anywhere' }}>
            {fingerprint}
          </li>
        ))}
      </ul>
    </div>
  );
};
