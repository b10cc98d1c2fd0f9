import type { SystemOverview } from '#contracts';
import { useTranslation } from 'react-i18next';
import { Bar } from '../../components/ui/bar.tsx';
import { useFormat } from '../../lib/format/use-format.ts';
import styles from './readings.module.css';

type Now = SystemOverview['now'];

const HIGH = 90;
const VERY_HIGH = 97;
const toneOf = (percent: number) => (percent >= VERY_HIGH ? 'bad' : percent >= HIGH ? 'warn' : undefined);

/** The machine's instruments: one reading each, what it is of, and a bar where there is a whole. */
export const Readings = ({ now, host }: { now: Now; host: SystemOverview['host'] }) => {
  const { t } = useTranslation(['overview', 'common']);
  const format = useFormat();
  const missing = (state: 'no_sensor' | 'no_data') => ({ value: '–', detail: state === 'no_sensor' ? t('overview:noSensorShort') : t('overview:noDataShort') });
  const { cpu, ram, gpu, temperature, disk } = now;
  const gpuFirst = gpu.state === 'ok' ? gpu.devices[0] : undefined;
  const hottest = temperature.state === 'ok' ? temperature.sensors.toSorted((one, other) => other.celsius - one.celsius)[0] : undefined;
  const fullest = disk.state === 'ok' ? disk.mounts.toSorted((one, other) => other.percent - one.percent)[0] : undefined;
  return (
    <dl className={styles.readings}>
      <Reading
        name={t('common:metrics.cpu')}
        {...(cpu.state === 'ok'
          ? { value: format.percent(cpu.percent), share: cpu.percent, detail: t('overview:cores', { count: host.cores, cpu: host.cpu }) }
          : missing(cpu.state))}
      />
      <Reading
        name={t('common:metrics.ram')}
        fills
        {...(ram.state === 'ok'
          ? {
              value: format.percent(ram.percent),
              share: ram.percent,
              detail: t('overview:ofTotal', { used: format.bytes(ram.usedBytes), total: format.bytes(ram.totalBytes) }),
            }
          : missing(ram.state))}
      />
      <Reading
        name={t('common:metrics.gpu')}
        {...(gpuFirst !== undefined
          ? {
              value: format.percent(gpuFirst.percent),
              share: gpuFirst.percent,
              detail:
                gpuFirst.memoryUsedBytes !== null && gpuFirst.memoryTotalBytes !== null
                  ? t('overview:ofTotal', { used: format.bytes(gpuFirst.memoryUsedBytes), total: format.bytes(gpuFirst.memoryTotalBytes) })
                  : gpuFirst.name,
            }
          : missing(gpu.state === 'ok' ? 'no_sensor' : gpu.state))}
      />
      <Reading
        name={t('common:metrics.temperature')}
        {...(hottest !== undefined
          ? { value: format.celsius(hottest.celsius), detail: hottest.name }
          : missing(temperature.state === 'ok' ? 'no_sensor' : temperature.state))}
      />
      <Reading
        name={t('common:metrics.disk')}
        fills
        {...(fullest !== undefined
          ? {
              value: format.percent(fullest.percent),
              share: fullest.percent,
              detail: t('overview:free', { free: format.bytes(fullest.freeBytes), mount: fullest.name }),
            }
          : missing(disk.state === 'ok' ? 'no_sensor' : disk.state))}
      />
    </dl>
  );
};

interface ReadingProps {
  name: string;
  value: string;
  detail: string;
  /** 0..100 of a whole. */
  share?: number;
  /** A whole that runs full is trouble; a processor at its limit is at work. */
  fills?: boolean;
}

const Reading = ({ name, value, detail, share, fills = false }: ReadingProps) => (
  <div className={styles.reading}>
    <dt>{name}</dt>
    <dd>
      <span className={styles.value}>{value}</span>
      <span className={styles.detail} title={detail}>
        {detail}
      </span>
      {share !== undefined && <Bar share={share / 100} label={`${name} ${value}`} tone={fills ? toneOf(share) : undefined} />}
    </dd>
  </div>
);
