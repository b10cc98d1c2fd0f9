import { alertSignals, type RuleDefinition, type SignalName } from '#contracts';
import { useTranslation } from 'react-i18next';
import { useFormat, type Format } from '../../lib/format/use-format.ts';

const HOUR_MS = 3_600_000;

/** The unit of a signal as a word beside a field. */
export const unitName = { '%': 'percent', '°C': 'celsius', 'B/s': 'speed', B: 'bytes', s: 'seconds', h: 'hours', d: 'days', '/min': 'perMinute' } as const;

/** Signals that are true or not: their name says it all. */
export const isFact = (signal: SignalName): signal is 'service.down' | 'healing.issue' => signal === 'service.down' || signal === 'healing.issue';

const write = (format: Format, unit: string, value: number): string => {
  if (unit === '%') return format.percent(value);
  if (unit === '°C') return format.celsius(value);
  if (unit === 'B/s') return format.speed(value);
  if (unit === 'B') return format.bytes(value);
  if (unit === 's') return format.duration(value * 1000);
  if (unit === 'h') return format.duration(value * HOUR_MS);
  if (unit === 'd') return format.duration(value * 24 * HOUR_MS);
  return `${format.number(value, 1)}${unit}`;
};

/** Signals, their values and what a rule tells, in the reader's words. */
export const useSignalWords = () => {
  const { t } = useTranslation('alerts');
  const format = useFormat();
  const signal = (name: SignalName): string => t(`signal.${name}` as 'signal.metric.cpu');
  const value = (name: SignalName, number: number): string => write(format, alertSignals[name].unit, number);
  return {
    signal,
    value,
    valueIn: (unit: string, number: number): string => write(format, unit, number),
    /** When a rule tells: its mildest level, and for how long. */
    when({ signal: name, side, levels, forMs }: RuleDefinition): string {
      const words = isFact(name)
        ? signal(name)
        : t(`rules.${side}`, { signal: signal(name), value: levels.map(({ enter }) => value(name, enter)).join(' / ') });
      return forMs > 0 ? `${words} ${t('rules.for', { time: format.duration(forMs) })}` : words;
    },
  };
};
