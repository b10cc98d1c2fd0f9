import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { HealthMap } from '#contracts';
import { useTranslation } from 'react-i18next';
import { Page, Section } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { RelativeTime } from '../../components/ui/relative-time.tsx';
import { StateWord } from '../../components/ui/state-mark.tsx';
import { Table } from '../../components/ui/table.tsx';
import { api } from '../../lib/api/client.ts';
import { useMay } from '../../lib/api/queries.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import { HealthMapView } from './health-map.tsx';
import { Issues } from './issues.tsx';
import { healthMapQuery } from './queries.ts';
import { useAsk, useHealingWords } from './use-healing.ts';

/** The parts of the box with their state, what is wrong, and when each was looked at. */
export const HealthPage = () => {
  const { t } = useTranslation(['healing', 'common']);
  const admin = useMay('admin');
  const query = useQuery(healthMapQuery);
  const look = useAsk(() => api.act('POST', '/healing/look'), t('healing:looking'));
  return (
    <Page
      title={t('common:places.health')}
      sentence={query.data === undefined ? '\u00a0' : <Sentence map={query.data} />}
      actions={
        admin && (
          <Button variant="default" loading={look.isPending} onClick={() => look.mutate(undefined)}>
            {t('healing:look')}
          </Button>
        )
      }
    >
      <QueryView query={query}>
        {(map) => (
          <>
            {map.issues.length > 0 && (
              <Section title={t('healing:issues')}>
                <Issues issues={map.issues} />
              </Section>
            )}
            <Section title={t('healing:parts')}>
              <HealthMapView parts={map.parts} />
            </Section>
            <Checks checks={map.checks} />
          </>
        )}
      </QueryView>
    </Page>
  );
};

const Sentence = ({ map }: { map: HealthMap }) => {
  const { t } = useTranslation('healing');
  const format = useFormat();
  if (map.maintenance) return t('maintenance', { what: map.maintenance.reason, holder: map.maintenance.holder });
  if (map.issues.length > 0) return t('someWrong', { count: map.issues.length });
  if (map.canary === null) return t('allWellUnasked');
  if (!map.canary.ok) return t('canaryWrong', { reason: map.canary.reason ?? '' });
  return (
    <>
      {t('allWell', { took: format.duration(map.canary.tookMs) })} <RelativeTime at={map.canary.askedAt} />
    </>
  );
};

const Checks = ({ checks }: { checks: HealthMap['checks'] }) => {
  const { t } = useTranslation('healing');
  const words = useHealingWords();
  return (
    <Section title={t('checks')}>
      <Table
        label={t('checks')}
        rows={checks}
        rowKey={({ checkId }) => checkId}
        columns={[
          { id: 'check', header: t('column.check'), phone: 'bare', cell: ({ checkId }) => words.check(checkId) },
          {
            id: 'result',
            header: t('column.result'),
            cell: ({ found, error, skipped }) =>
              error !== null ? (
                <StateWord tone="warn">{error}</StateWord>
              ) : skipped !== null ? (
                <StateWord tone="idle">{skipped}</StateWord>
              ) : found > 0 ? (
                <StateWord tone="bad">{t('found', { count: found })}</StateWord>
              ) : (
                <StateWord tone="ok">{t('fine')}</StateWord>
              ),
          },
          { id: 'at', header: t('column.looked'), cell: ({ lastRunAt }) => <RelativeTime at={lastRunAt} /> },
        ]}
      />
    </Section>
  );
};
