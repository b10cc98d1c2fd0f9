import type { SeriesPoint } from '#contracts';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Chart, pickSeries, shapeSeries, type ChartMark } from '../../components/chart/index.ts';
import { useFormat } from '../../lib/format/use-format.ts';
import styles from './alerts.module.css';
import { useSignalWords } from './signal-words.ts';

const HEIGHT = 200;

interface Props {
  /** For those who do not see the chart. */
  label: string;
  series: readonly { name: string; points: SeriesPoint[] }[];
  unit: string;
  from: string;
  to: string;
  marks: readonly ChartMark[];
}

/** What a signal was over a time, with what happened as marks; a part that is drawn over is looked at more closely. */
export const SignalChart = ({ label, series, unit, from, to, marks }: Props) => {
  const { t } = useTranslation('overview');
  const format = useFormat();
  const { valueIn } = useSignalWords();
  const [zoom, setZoom] = useState<{ from: number; to: number } | null>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  const data = useMemo(() => shapeSeries(pickSeries(series.map((each) => ({ ...each, gaps: [] })))), [series]);
  if (data.names.length === 0) return <p className="quiet">{t('noData')}</p>;
  const valueOf = (index: number) => (cursor === null ? data.last[index]?.value : data.columns[index * 3 + 1]?.[cursor]);
  const named = data.names.map((name, index) => ({ name: name === '' ? '' : `${name} `, value: valueOf(index) }));
  return (
    <figure className={styles.figure}>
      <figcaption className="small num">
        {named.map(({ name, value }, index) => (
          <span key={name} style={{ marginInlineEnd: 16 }}>
            {data.names.length > 1 && (
              <span aria-hidden style={{ color: `var(--series-${index + 1})` }}>
                {'● '}
              </span>
            )}
            <span className="quiet">{name}</span>
            {value === undefined || value === null ? '–' : valueIn(unit, value)}
          </span>
        ))}
      </figcaption>
      <Chart
        data={data}
        from={zoom?.from ?? Date.parse(from)}
        to={zoom?.to ?? Date.parse(to)}
        unit={unit}
        height={HEIGHT}
        group="alerts"
        locale={format.locale}
        format={(value) => valueIn(unit, value)}
        marks={marks}
        label={`${label}: ${named.map(({ name, value }) => `${name}${value === undefined || value === null ? '–' : valueIn(unit, value)}`).join(', ')}`}
        onSelect={(start, end) => setZoom({ from: start, to: end })}
        onBack={() => setZoom(null)}
        onCursor={setCursor}
      />
    </figure>
  );
};
