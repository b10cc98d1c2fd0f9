import type { MetricName } from '#contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Chart, type ChartMark } from '../../components/chart/index.ts';
import { QueryView } from '../../components/ui/query-view.tsx';
import { useFormat, type Format } from '../../lib/format/use-format.ts';
import styles from './metric-chart.module.css';
import type { View } from './spans.ts';
import { useSeries } from './use-series.ts';

const HEIGHT = 176;

const inUnit = (format: Format, unit: string): ((value: number) => string) => {
  if (unit === '%') return format.percent;
  if (unit === '°C') return format.celsius;
  if (unit === 'B/s') return format.speed;
  return format.bytes;
};

interface Props {
  metric: MetricName;
  view: View;
  marks: readonly ChartMark[];
  onZoom: (from: number, to: number) => void;
  onBack: () => void;
}

/** A metric over time, with the values under the cursor, else the newest, in its heading. */
export const MetricChart = ({ metric, view, marks, onZoom, onBack }: Props) => {
  const { t } = useTranslation(['overview', 'common']);
  const format = useFormat();
  const { query, shaped } = useSeries(metric, view);
  const [cursor, setCursor] = useState<number | null>(null);
  const name = t(`overview:metrics.${metric}`);
  const write = inUnit(format, shaped?.unit ?? '%');
  const nothing = shaped !== undefined && shaped.data.names.length === 0;
  return (
    <figure className={styles.figure}>
      <figcaption className={styles.caption}>
        <h3>{name}</h3>
        {shaped !== undefined && !nothing && <Values shaped={shaped.data} cursor={cursor} write={write} single={name} />}
      </figcaption>
      <div style={{ minHeight: HEIGHT }}>
        <QueryView query={query} quiet skeleton={<div style={{ height: HEIGHT }} />}>
          {() =>
            shaped === undefined || nothing ? (
              <p className={styles.none}>{t('overview:noData')}</p>
            ) : (
              <Chart
                {...shaped}
                height={HEIGHT}
                group="overview"
                locale={format.locale}
                format={write}
                marks={marks}
                label={t('overview:chartWords', {
                  name,
                  words: shaped.data.last.map((last, index) => `${shaped.data.names[index]} ${last === null ? '–' : write(last.value)}`).join(', '),
                })}
                onSelect={onZoom}
                onBack={onBack}
                onCursor={setCursor}
              />
            )
          }
        </QueryView>
      </div>
      {shaped !== undefined && shaped.left > 0 && <p className={styles.more}>{t('overview:moreLines', { count: shaped.left })}</p>}
    </figure>
  );
};

const Values = ({
  shaped,
  cursor,
  write,
  single,
}: {
  shaped: NonNullable<ReturnType<typeof useSeries>['shaped']>['data'];
  cursor: number | null;
  write: (value: number) => string;
  single: string;
}) => {
  const { names, columns, last } = shaped;
  // The newest value of a single line stands at the chart's edge already.
  if (names.length === 1 && cursor === null) return null;
  return (
    <div className={styles.values}>
      {names.map((name, index) => {
        const [mean, min, max] = [1, 2, 3].map((column) => (cursor === null ? undefined : columns[index * 3 + column]?.[cursor]));
        const value = cursor === null ? last[index]?.value : mean;
        return (
          <span key={name} className={styles.value}>
            {names.length > 1 && <i style={{ background: `var(--series-${index + 1})` }} />}
            {names.length > 1 && <span className={styles.name}>{name}</span>}
            <b>{value === undefined || value === null ? '–' : write(value)}</b>
            {cursor !== null && names.length === 1 && min != null && max != null && write(min) !== write(max) && (
              <span className={styles.name} aria-label={single}>
                {write(min)}–{write(max)}
              </span>
            )}
          </span>
        );
      })}
    </div>
  );
};
