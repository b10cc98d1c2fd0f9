import type { SystemOverview } from '#contracts';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChartMark } from '../../components/chart/index.ts';
import { useFormat } from '../../lib/format/use-format.ts';

const SAME_MOMENT_MS = 5_000;

interface Moment {
  at: number;
  kind: 'booted' | 'started' | 'restarted' | 'failed';
  names: string[];
}

/** When the machine, the product and its services last started; services that started together are one moment. */
export const momentsOf = ({ host, services, at, uptimeMs }: Pick<SystemOverview, 'host' | 'services' | 'at' | 'uptimeMs'>): Moment[] => {
  const started = Date.parse(at) - uptimeMs;
  const moments: Moment[] = [{ at: started, kind: 'started', names: [] }];
  if (host.bootedAt !== null) moments.push({ at: Date.parse(host.bootedAt), kind: 'booted', names: [] });
  for (const service of services) {
    if (service.restarts === 0 && service.state !== 'failed') continue;
    const since = Date.parse(service.since);
    const kind = service.state === 'failed' ? 'failed' : 'restarted';
    const same = moments.find((moment) => moment.kind === kind && Math.abs(moment.at - since) < SAME_MOMENT_MS);
    if (same) same.names.push(service.name);
    else moments.push({ at: since, kind, names: [service.name] });
  }
  return moments;
};

const tones = { booted: 'quiet', started: 'quiet', restarted: 'warn', failed: 'bad' } as const;

/** The moments as marks for the charts, with their words. */
export const useMarks = (overview: SystemOverview | undefined): ChartMark[] => {
  const { t } = useTranslation('overview');
  const format = useFormat();
  // The start is told as "so long ago": rounded, so that it does not tremble by some milliseconds at each answer.
  const key = overview === undefined ? '' : JSON.stringify(momentsOf(overview).map((moment) => ({ ...moment, at: Math.round(moment.at / 2000) * 2000 })));
  return useMemo(
    () =>
      key === ''
        ? []
        : (JSON.parse(key) as Moment[]).map(({ at, kind, names }) => ({
            at,
            tone: tones[kind],
            words: `${t(`marks.${kind}`, { names: names.join(', ') })} · ${format.absolute(at)}`,
          })),
    [key, t, format],
  );
};
