import { sql } from 'kysely';
import { hoursUntilFull, type Reading } from '#alerts';
import type { Db } from '#db';
import type { Read } from './read.ts';

/** A sample that is older than this is not news any more. */
const NEWEST_MS = 60_000;
/** More than this between two looks is not time that was lived through: the machine slept, or its clock was set. */
const LONGEST_MS = 15_000;
/** A forecast of days need not be made every five seconds. */
const FORECAST_EVERY_MS = 10 * 60_000;
const FORECAST_FROM_MS = 7 * 86_400_000;
/** Stands for "never": a forecast must have a number. */
const A_YEAR_HOURS = 8_760;

/**
 * Reads the samples that are new since the last look, and for how long there were none: from the first look on, so that a collector which never
 * began is noticed as well. A clock that was put back makes it listen from the new time on.
 */
export const createMetricsReader = (db: Db) => {
  let heardUntil = 0;
  let silentMs = 0;
  let lastLook: number | null = null;

  return async (read: Read, now: number): Promise<void> => {
    const passed = lastLook === null ? 0 : now - lastLook;
    if (passed < 0) heardUntil = Math.min(heardUntil, now - LONGEST_MS);
    lastLook = now;
    const { rows } = await sql<{ metric: string; device: string; value: number; at: Date }>`
      select distinct on (metric, device) metric, device, value, "timestamp" as at from metrics_samples
      where "timestamp" > ${new Date(Math.max(heardUntil, now - NEWEST_MS))} and "timestamp" <= ${new Date(now)}
      order by metric, device, "timestamp" desc`.execute(db);
    for (const { metric, device, value } of rows) read.set(`metric.${metric}`, [...(read.get(`metric.${metric}`) ?? []), { device, value }]);
    heardUntil = rows.reduce((latest, { at }) => Math.max(latest, at.getTime()), heardUntil);
    silentMs = rows.length > 0 ? 0 : silentMs + Math.max(0, Math.min(passed, LONGEST_MS));
    read.set('metrics.age', [{ device: '', value: silentMs / 1000 }]);
  };
};

/** In how many hours each disk will be full, by the trend of its last week. */
export const createForecastReader = (db: Db) => {
  let madeAt = -Infinity;
  let forecast: readonly Reading[] = [];

  return async (read: Read, now: number): Promise<void> => {
    if (now - madeAt >= FORECAST_EVERY_MS || now < madeAt) {
      madeAt = now;
      const rows = await db
        .selectFrom('metrics_rollup_1h')
        .select(['device', 'bucket', 'mean'])
        .where('metric', '=', 'disk')
        .where('bucket', '>', new Date(now - FORECAST_FROM_MS))
        .where('bucket', '<=', new Date(now))
        .orderBy('bucket')
        .execute();
      const devices = new Map<string, { at: number; percent: number }[]>();
      for (const { device, bucket, mean } of rows) {
        const points = devices.get(device) ?? [];
        points.push({ at: bucket.getTime(), percent: mean });
        devices.set(device, points);
      }
      forecast = [...devices].flatMap(([device, points]) => {
        const hours = hoursUntilFull(points);
        return hours === null ? [] : [{ device, value: Math.min(hours, A_YEAR_HOURS) }];
      });
    }
    if (forecast.length > 0) read.set('disk.full_in', forecast);
  };
};
