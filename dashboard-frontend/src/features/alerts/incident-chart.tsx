import { useQuery } from '@tanstack/react-query';
import type { IncidentDetail, MetricName } from '#contracts';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChartMark } from '../../components/chart/index.ts';
import { Section } from '../../components/ui/page.tsx';
import { QueryView } from '../../components/ui/query-view.tsx';
import { api } from '../../lib/api/client.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import { useHealingWords } from '../healing/index.ts';
import { useWords } from './incident-words.ts';
import { SignalChart } from './signal-chart.tsx';
import { useSignalWords } from './signal-words.ts';

const POINTS = 400;
const shown = ['opened', 'raised', 'lowered', 'escalated', 'acknowledged', 'silent', 'resolved'] as const;
const tones = { opened: 'bad', raised: 'bad', lowered: 'quiet', escalated: 'warn', acknowledged: 'quiet', silent: 'warn', resolved: 'quiet' } as const;

/** What happened in the incident, as marks with their words. */
const useIncidentMarks = ({ timeline, tried }: IncidentDetail): ChartMark[] => {
  const { t } = useTranslation('alerts');
  const format = useFormat();
  const healing = useHealingWords();
  return useMemo(() => {
    const events = timeline.flatMap(({ at, event }) => {
      const known = shown.find((each) => each === event);
      return known ? [{ at: Date.parse(at), tone: tones[known], words: `${t(`event.${known}`)} · ${format.absolute(Date.parse(at))}` }] : [];
    });
    const tries = tried.map(({ at, what }) => ({
      at: Date.parse(at),
      tone: 'warn' as const,
      words: `${t('incident.mark.tried', { what: what === 'service.start' ? t('incident.start') : healing.fixup(what) })} · ${format.absolute(Date.parse(at))}`,
    }));
    return [...events, ...tries];
  }, [timeline, tried, t, format, healing]);
};

/** The signal around the moment, with what happened. Nothing where nothing of it is kept. */
export const IncidentChart = ({ incident }: { incident: IncidentDetail }) => {
  const { t } = useTranslation('alerts');
  const words = useWords();
  const signals = useSignalWords();
  const marks = useIncidentMarks(incident);
  const { chart, history, levels, unit, title } = incident;
  if (!chart && (history === null || history.series.length === 0)) return null;
  const label = t('incident.chartWords', { name: words(title) });
  const limit = levels.at(-1);
  const aside = limit && (
    <span className="small quiet">{t('incident.limits', { enter: signals.valueIn(unit, limit.enter), leave: signals.valueIn(unit, limit.leave) })}</span>
  );
  return (
    <Section title={t('incident.chart')} aside={aside}>
      {chart ? (
        <MetricAround chart={chart} unit={unit} label={label} marks={marks} />
      ) : (
        history && <SignalChart label={label} series={history.series} unit={unit} from={history.from} to={history.to} marks={marks} />
      )}
    </Section>
  );
};

interface AroundProps {
  chart: NonNullable<IncidentDetail['chart']>;
  unit: string;
  label: string;
  marks: readonly ChartMark[];
}

const MetricAround = ({ chart: { metric, device, from, to }, unit, label, marks }: AroundProps) => {
  const query = useQuery({
    // The end of one that lasts moves with each look; by the minute is often enough.
    queryKey: ['series', metric, from, to.slice(0, 16)],
    queryFn: ({ signal }) => api.get('/metrics/series', 'seriesAnswer', { query: { metric: metric as MetricName, from, to, points: POINTS }, signal }),
    placeholderData: (before) => before,
  });
  return (
    <QueryView query={query} quiet skeleton={<div style={{ height: 228 }} />}>
      {(answer) => {
        const own = answer.series.filter(({ name }) => name === device);
        return <SignalChart label={label} series={own.length > 0 ? own : answer.series} unit={unit} from={answer.from} to={answer.to} marks={marks} />;
      }}
    </QueryView>
  );
};
