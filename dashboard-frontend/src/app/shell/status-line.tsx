import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { StateMark } from '../../components/ui/state-mark.tsx';
import { overviewQuery, useMe } from '../../lib/api/queries.ts';
import { useConnection } from '../../lib/api/use-connection.ts';
import { useFormat, useNow } from '../../lib/format/use-format.ts';
import { Bell } from '../../features/bell/index.ts';
import styles from './status-line.module.css';
import { usePhone } from './use-phone.ts';

/** One line on every page: does the box answer, how is it, what waits. */
export const StatusLine = () => {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const { awaySince } = useConnection();
  const me = useMe();
  const phone = usePhone();
  // While a first password must be changed nothing else is open.
  const { data } = useQuery({ ...overviewQuery, enabled: me?.mustChangePassword === false });
  if (awaySince !== null) {
    return (
      <footer className={styles.line} data-away>
        <span className={styles.item} role="status">
          <StateMark tone="bad" />
          {t('status.away', { age: format.duration(Math.max(1000, now - awaySince)) })}
        </span>
      </footer>
    );
  }
  if (data === undefined) return <footer className={styles.line} />;
  const { now: readings, problems, counts } = data;
  const worst = problems.some((problem) => problem.severity === 'critical')
    ? 'bad'
    : problems.some((problem) => problem.severity === 'warning')
      ? 'warn'
      : 'ok';
  const waiting = counts.jobs.pending + counts.jobs.processing;
  const indexing = counts.documents.pending + counts.documents.indexing;
  const hottest = readings.temperature.state === 'ok' ? Math.max(...readings.temperature.sensors.map((sensor) => sensor.celsius)) : undefined;
  return (
    <footer className={styles.line}>
      <span className={styles.item} role="status">
        <StateMark tone={worst} />
        {worst === 'ok' ? t('status.well') : t('status.problems', { count: problems.filter((problem) => problem.severity !== 'info').length })}
      </span>
      {readings.cpu.state === 'ok' && <Reading name={t('metrics.cpu')} value={format.percent(readings.cpu.percent)} />}
      {readings.ram.state === 'ok' && <Reading name={t('metrics.ram')} value={format.percent(readings.ram.percent)} />}
      {hottest !== undefined && Number.isFinite(hottest) && <Reading value={format.celsius(hottest)} />}
      {waiting > 0 && <span className={styles.item}>{t('status.questions', { count: waiting })}</span>}
      {indexing > 0 && <span className={styles.item}>{t('status.indexing', { count: indexing })}</span>}
      <span className={styles.end}>
        <span className="clip">{data.host.name}</span>
        <span className={styles.version}>{data.version}</span>
      </span>
      {phone && (
        <span className={styles.bell}>
          <Bell />
        </span>
      )}
    </footer>
  );
};

const Reading = ({ name, value }: { name?: string; value: string }) => (
  <span className={styles.reading}>
    {name !== undefined && <span>{name} </span>}
    <b>{value}</b>
  </span>
);
