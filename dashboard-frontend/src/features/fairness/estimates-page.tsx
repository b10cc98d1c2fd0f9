import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { EstimateScore, EstimatesView } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page, Section } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { Empty } from '../../components/ui/states.tsx';
import { Table, type Column } from '../../components/ui/table.tsx';
import { api } from '../../lib/api/client.ts';
import { useFormat, type Format } from '../../lib/format/use-format.ts';
import { SpanChoice } from './span-choice.tsx';

interface Row extends EstimateScore {
  name: string;
}

/** How true the tickets were. */
export const EstimatesPage = () => {
  const { t } = useTranslation(['fairness', 'common']);
  const format = useFormat();
  const [days, setDays] = useState(1);
  const query = useQuery({
    queryKey: ['queue', 'estimates', days],
    queryFn: ({ signal }) => api.get('/queue/estimates', 'estimatesView', { query: { days }, signal }),
    placeholderData: keepPreviousData,
  });
  const sentence = ({ all }: EstimatesView): string =>
    all.predictions === 0
      ? t('fairness:estimates.nothing')
      : [
          t('fairness:estimates.sentence', {
            count: all.predictions,
            error: percent(format, all.medianError),
            held: percent(format, all.p90Coverage),
          }),
          all.worstBroken === 0 ? t('fairness:estimates.kept') : t('fairness:estimates.broken', { count: all.worstBroken }),
        ].join(' ');
  return (
    <Page title={t('common:places.estimates')} sentence={query.data && sentence(query.data)} actions={<SpanChoice days={days} onChange={setDays} />}>
      <QueryView query={query}>
        {({ all, buckets, models }) =>
          all.predictions === 0 ? (
            <Empty title={t('fairness:estimates.none')}>{t('fairness:estimates.noneText')}</Empty>
          ) : (
            <>
              <Scores title={t('fairness:estimates.byLine')} rows={buckets.map((row) => ({ ...row, name: t(`fairness:bucket.${row.bucket}`) }))} />
              <Scores title={t('fairness:estimates.byModel')} rows={models.map((row) => ({ ...row, name: row.model || t('fairness:noModel') }))} />
              <p className="quiet">{t('fairness:estimates.legend')}</p>
            </>
          )
        }
      </QueryView>
    </Page>
  );
};

const percent = (format: Format, share: number | null): string => (share === null ? '–' : format.percent(share * 100));

const Scores = ({ title, rows }: { title: string; rows: Row[] }) => {
  const { t } = useTranslation('fairness');
  const format = useFormat();
  const columns: Column<Row>[] = [
    { id: 'name', header: t('column.name'), phone: 'bare', cell: ({ name }) => name },
    { id: 'count', header: t('column.predictions'), align: 'end', cell: ({ predictions }) => <span className="num">{format.number(predictions)}</span> },
    {
      id: 'waited',
      header: t('column.medianWait'),
      align: 'end',
      cell: ({ medianWaitedMs }) => <span className="num">{medianWaitedMs === null ? '–' : format.duration(medianWaitedMs)}</span>,
    },
    { id: 'error', header: t('column.error'), align: 'end', cell: ({ medianError }) => <span className="num">{percent(format, medianError)}</span> },
    { id: 'held', header: t('column.held'), align: 'end', cell: ({ p90Coverage }) => <span className="num">{percent(format, p90Coverage)}</span> },
  ];
  return (
    <Section title={title}>
      <Table label={title} columns={columns} rows={rows} rowKey={({ name }) => name} />
    </Section>
  );
};
