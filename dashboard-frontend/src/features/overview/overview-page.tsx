import { Button, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { MetricName } from '#contracts';
import { useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Page, Section } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { overviewQuery } from '../../lib/api/queries.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import { useMarks } from './marks.ts';
import { MetricChart } from './metric-chart.tsx';
import styles from './overview.module.css';
import { Problems } from './problems.tsx';
import { Readings } from './readings.tsx';
import { useSentence } from './sentence.ts';
import { ServicesBrief } from './services-brief.tsx';
import { readView, spanNames } from './spans.ts';
import { Start } from './start.tsx';
import { Work } from './work.tsx';

const charts: MetricName[] = ['cpu', 'ram', 'temperature', 'gpu', 'disk', 'network', 'process'];

/** Is the box well, what is it doing, and the proof. */
export const OverviewPage = () => {
  const { t } = useTranslation(['overview', 'common']);
  const overview = useQuery(overviewQuery);
  const sentence = useSentence(overview.data);
  return (
    <Page title={t('common:places.overview')} sentence={sentence}>
      <QueryView query={overview} quiet>
        {(data) => (
          <>
            <Problems problems={data.problems} />
            <Start counts={data.counts} />
            <Readings now={data.now} host={data.host} />
            <Work counts={data.counts} />
          </>
        )}
      </QueryView>
      <Charts />
      {overview.data !== undefined && <ServicesBrief services={overview.data.services} />}
    </Page>
  );
};

const Charts = () => {
  const { t } = useTranslation(['overview', 'common']);
  const format = useFormat();
  const navigate = useNavigate({ from: '/' });
  const search = useSearch({ from: '/shell/' });
  const { data } = useQuery(overviewQuery);
  // Decided once: a page that is looked at does not change its span by itself.
  const uptimeAtFirst = useRef<number>(undefined);
  uptimeAtFirst.current ??= data?.uptimeMs;
  const uptimeMs = uptimeAtFirst.current;
  const view = useMemo(() => readView(search, uptimeMs), [search, uptimeMs]);
  const marks = useMarks(data);
  const missing = charts.filter((metric) => data?.now[metric].state === 'no_sensor');
  const measured = charts.filter((metric) => !missing.includes(metric));
  const zoom = (from: number, to: number) => void navigate({ search: { span: view.span, from: Math.round(from), to: Math.round(to) } });
  const back = () => {
    if (view.zoom) history.back();
  };
  const spanControl = (
    <div className={styles.spans}>
      {view.zoom && (
        <>
          <span className="small quiet num">{format.span(view.zoom.from, view.zoom.to)}</span>
          <Button variant="default" size="xs" onClick={() => void navigate({ search: { span: view.span } })}>
            {t('overview:zoomBack')}
          </Button>
        </>
      )}
      <SegmentedControl
        size="xs"
        aria-label={t('overview:span')}
        value={view.span}
        onChange={(span) => void navigate({ search: { span }, replace: true })}
        data={spanNames.map((value) => ({ value, label: t(`overview:spans.${value}`) }))}
      />
    </div>
  );
  return (
    <Section title={t('overview:charts')} aside={spanControl}>
      <div className={styles.charts}>
        {measured.map((metric) => (
          <MetricChart key={metric} metric={metric} view={view} marks={marks} onZoom={zoom} onBack={back} />
        ))}
      </div>
      <p className={styles.legend}>
        {missing.length > 0 && `${t('overview:noSensor', { names: missing.map((metric) => t(`overview:metrics.${metric}`)).join(', ') })} `}
        {t('overview:legend')}
      </p>
    </Section>
  );
};
