import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { UpdatesView } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page, Section } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { Empty } from '../../components/ui/states.tsx';
import { Table, type Column } from '../../components/ui/table.tsx';
import { api } from '../../lib/api/client.ts';
import { BundlesSection } from './bundles-section.tsx';
import { useHistoryColumns } from './history-columns.tsx';
import { PolicySection } from './policy-section.tsx';
import { ProgressSection } from './progress-section.tsx';
import { RollBackDialog } from './roll-back-dialog.tsx';
import { TrustSection } from './trust-section.tsx';
import { useBundles, useUpdates } from './use-updates.ts';

const REFRESH_MS = 3_000;
const EACH = 20;

/** What runs, what could be applied, what became of each update and why, and whose releases this box takes. */
export const UpdatesPage = () => {
  const { t } = useTranslation(['updates', 'common']);
  const view = useUpdates();
  const bundles = useBundles();
  const [rollingBack, setRollingBack] = useState(false);
  const history = useInfiniteQuery({
    queryKey: ['updates', 'history'],
    queryFn: ({ pageParam }) => api.page('/updates/history', 'updateEvent', { query: { limit: EACH, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    refetchInterval: REFRESH_MS,
  });
  const columns = useHistoryColumns();
  const running = bundles.data?.requests.find(({ kind, state }) => kind !== 'check' && (state === 'waiting' || state === 'running'));
  return (
    <Page
      title={t('common:places.updates')}
      sentence={<Sentence view={view.data} />}
      actions={
        view.data?.previous != null && (
          <Button variant="default" onClick={() => setRollingBack(true)}>
            {t('updates:back.open', { version: view.data.previous })}
          </Button>
        )
      }
    >
      {view.data?.current && <ProgressSection current={view.data.current} request={running} />}
      <BundlesSection busy={view.data?.current != null || running !== undefined} />
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
        {({ components, trust, policy }) => (
          <>
            <PolicySection policy={policy} />
            <TrustSection trust={trust} />
            <Section title={t('updates:components')}>
              <Components components={components} />
            </Section>
          </>
        )}
      </QueryView>
      {rollingBack && <RollBackDialog onClose={() => setRollingBack(false)} />}
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
