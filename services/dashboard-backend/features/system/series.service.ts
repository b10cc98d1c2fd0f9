import { metricUnits, type HostFacts, type SeriesAnswer, type SeriesQuery, type Settings } from '#contracts';
import type { Db } from '#db';
import { AppError, type Clock } from '#kit';
import type { MetricsRepository } from './metrics.repository.ts';
import { planSeries } from './series.plan.ts';
import { toSeriesList } from './series.points.ts';

interface Needs {
  db: Db;
  repository: Pick<MetricsRepository, 'listBuckets' | 'findHostFacts'>;
  settings: { get(): Pick<Settings, 'metrics'> };
  clock: Pick<Clock, 'now'>;
}

/** The full name of a GPU instead of its key. Two of a kind keep their key, so that the lines can be told apart. */
export const deviceNames = (facts: HostFacts | null): ((device: string) => string) => {
  const gpus = facts?.gpus ?? [];
  return (device) => {
    const gpu = gpus.find((one) => one.device === device);
    if (!gpu) return device;
    return gpus.filter(({ name }) => name === gpu.name).length > 1 ? `${gpu.name} (${device})` : gpu.name;
  };
};

export const createSeriesService = ({ db, repository, settings, clock }: Needs) => ({
  /**
   * A chart of one metric: at most `points` points a series, each with the least, mean and greatest value of its bucket.
   * Errors: `validation_failed` when the span ends before it begins.
   */
  async read({ metric, from, to, points }: SeriesQuery): Promise<SeriesAnswer> {
    const nowMs = clock.now();
    const fromMs = Date.parse(from);
    const toMs = to === undefined ? nowMs : Date.parse(to);
    if (toMs <= fromMs) {
      throw new AppError('validation_failed', {
        message: '`to` must be later than `from`.',
        details: { in: 'query', problems: [{ path: 'to', message: 'is not later than `from`' }] },
      });
    }
    const plan = planSeries({ fromMs, toMs, points, nowMs, keep: settings.get().metrics });
    const [buckets, facts] = await Promise.all([repository.listBuckets(db, metric, plan), metric === 'gpu' ? repository.findHostFacts(db) : null]);
    return {
      metric,
      unit: metricUnits[metric],
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      resolutionMs: plan.bucketMs,
      series: toSeriesList(metric, buckets, plan, metric === 'cpu' || metric === 'ram' ? () => metric : deviceNames(facts)),
    };
  },
});
export type SeriesService = ReturnType<typeof createSeriesService>;
