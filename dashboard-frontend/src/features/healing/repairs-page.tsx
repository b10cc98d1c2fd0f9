import { useQuery } from '@tanstack/react-query';
import type { HealingEventView, RepairsOverview } from '#contracts';
import { useTranslation } from 'react-i18next';
import { Page, Section } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { RelativeTime } from '../../components/ui/relative-time.tsx';
import { Empty } from '../../components/ui/states.tsx';
import { StateWord, type Tone } from '../../components/ui/state-mark.tsx';
import { Table } from '../../components/ui/table.tsx';
import { useFormat } from '../../lib/format/use-format.ts';
import { eventsQuery, repairsOverviewQuery } from './queries.ts';
import { useHealingWords } from './use-healing.ts';

const tones: Record<HealingEventView['severity'], Tone> = { INFO: 'ok', WARNING: 'warn', CRITICAL: 'bad' };

/** What the box repaired by itself, what waits for a word, and the whole timeline. */
export const RepairsPage = () => {
  const { t } = useTranslation(['healing', 'common']);
  const overview = useQuery(repairsOverviewQuery);
  const events = useQuery(eventsQuery);
  const { caps, waiting } = overview.data ?? {};
  const sentence =
    caps === undefined || waiting === undefined
      ? '\u00a0'
      : `${waiting.length > 0 ? t('healing:waiting', { count: waiting.length }) : t('healing:noneWaiting')} ${t('healing:caps', { used: caps.used, limit: caps.limit })}`;
  return (
    <Page title={t('common:places.repairs')} sentence={sentence}>
      <QueryView query={overview}>{(data) => <Restarts restarts={data.restarts} />}</QueryView>
      <Section title={t('healing:timeline')}>
        <QueryView query={events}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title={t('healing:noEvents')}>{t('healing:noEventsText')}</Empty>
            ) : (
              <Table
                label={t('healing:timeline')}
                rows={items}
                rowKey={({ id }) => String(id)}
                columns={[
                  { id: 'at', header: t('healing:column.at'), width: '150px', cell: ({ at }) => <RelativeTime at={at} /> },
                  {
                    id: 'step',
                    header: t('healing:column.step'),
                    width: '150px',
                    cell: ({ step, severity }) => <StateWord tone={tones[severity]}>{t(`healing:step.${step ?? 'note'}`)}</StateWord>,
                  },
                  { id: 'what', header: t('healing:column.what'), phone: 'bare', cell: ({ description }) => description },
                ]}
              />
            )
          }
        </QueryView>
      </Section>
    </Page>
  );
};

const Restarts = ({ restarts }: { restarts: RepairsOverview['restarts'] }) => {
  const { t } = useTranslation('healing');
  const words = useHealingWords();
  const format = useFormat();
  if (restarts.length === 0) return null;
  return (
    <Section title={t('restartsTitle')}>
      <Table
        label={t('restartsTitle')}
        rows={restarts.slice(0, 10)}
        rowKey={({ id }) => String(id)}
        columns={[
          { id: 'at', header: t('column.at'), width: '150px', cell: ({ detectedAt }) => <RelativeTime at={detectedAt} /> },
          { id: 'part', header: t('column.part'), width: '150px', cell: ({ service }) => words.part(service) },
          { id: 'why', header: t('column.why'), phone: 'bare', cell: ({ reason }) => reason },
          {
            id: 'took',
            header: t('column.took'),
            align: 'end',
            cell: ({ durationMs }) => (durationMs === null ? t('underWay') : format.duration(durationMs)),
          },
        ]}
      />
    </Section>
  );
};
