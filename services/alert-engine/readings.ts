import { readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { hoursUntilFull, type Reading } from '#alerts';
import { launcherState, type SignalName } from '#contracts';
import type { Db } from '#db';

/** A sample that is older than this is not news any more. */
const NEWEST_MS = 60_000;
/** A forecast of days need not be made every five seconds. */
const FORECAST_EVERY_MS = 10 * 60_000;
const FORECAST_FROM_MS = 7 * 86_400_000;
/** Stands for "never": a forecast must have a number. */
const A_YEAR_HOURS = 8_760;

type Read = Map<string, readonly Reading[]>;

/** Reads everything that rules can watch. What cannot be read is left out: silence is the engine's to judge. */
export const createReader = ({ db, stateFile }: { db: Db; stateFile: string | null }) => {
  let heardUntil = 0;
  let forecastAt = -Infinity;
  let forecast: readonly Reading[] = [];

  const readMetrics = async (read: Read, now: number): Promise<void> => {
    const { rows } = await sql<{ metric: string; device: string; value: number; at: Date }>`
      select distinct on (metric, device) metric, device, value, "timestamp" as at from metrics_samples
      where "timestamp" > ${new Date(Math.max(heardUntil, now - NEWEST_MS))} and "timestamp" <= ${new Date(now + NEWEST_MS)}
      order by metric, device, "timestamp" desc`.execute(db);
    for (const { metric, device, value } of rows) read.set(`metric.${metric}`, [...(read.get(`metric.${metric}`) ?? []), { device, value }]);
    heardUntil = rows.reduce((latest, { at }) => Math.max(latest, at.getTime()), heardUntil);
    if (heardUntil > 0) read.set('metrics.age', [{ device: '', value: Math.max(0, (now - heardUntil) / 1000) }]);
  };

  const readForecast = async (now: number): Promise<void> => {
    if (now - forecastAt < FORECAST_EVERY_MS && now >= forecastAt) return;
    forecastAt = now;
    const rows = await db
      .selectFrom('metrics_rollup_1h')
      .select(['device', 'bucket', 'mean'])
      .where('metric', '=', 'disk')
      .where('bucket', '>', new Date(now - FORECAST_FROM_MS))
      .orderBy('bucket')
      .execute();
    const devices = new Map<string, { at: number; percent: number }[]>();
    for (const { device, bucket, mean } of rows) {
      const points = devices.get(device) ?? [];
      points.push({ at: bucket.getTime(), percent: mean });
      devices.set(device, points);
    }
    const readings: Reading[] = [];
    for (const [device, points] of devices) {
      const hours = hoursUntilFull(points);
      if (hours !== null) readings.push({ device, value: Math.min(hours, A_YEAR_HOURS) });
    }
    forecast = readings;
  };

  const readRows = async (read: Read): Promise<void> => {
    const { rows } = await sql<{ signal: SignalName; device: string; value: number }>`
      select 'queue.waiting' as signal, '' as device, count(*)::float8 as value from llm_jobs where status = 'pending'
      union all select 'queue.oldest', '', coalesce(extract(epoch from now() - min(created_at)), 0)::float8 from llm_jobs where status = 'pending'
      union all select 'index.failed', '', count(*)::float8 from documents where status = 'failed' and deleted_at is null
      union all select 'index.oldest', '', coalesce(extract(epoch from now() - min(created_at)), 0)::float8 from documents
        where status = 'pending' and deleted_at is null
      union all select 'healing.issue', check_id || case when subject = '' then '' else ' ' || subject end,
        case severity when 'CRITICAL' then 2 when 'WARNING' then 1 else 0 end::float8
        from healing_issues where closed_at is null and status = 'escalated'`.execute(db);
    for (const signal of ['queue.waiting', 'queue.oldest', 'index.failed', 'index.oldest', 'healing.issue'] as const) {
      read.set(
        signal,
        rows.filter((row) => row.signal === signal).map(({ device, value }) => ({ device, value })),
      );
    }
  };

  const readServices = async (read: Read): Promise<void> => {
    if (stateFile === null) return;
    try {
      const { services } = launcherState.parse(JSON.parse(await readFile(stateFile, 'utf8')));
      read.set(
        'service.down',
        services.map(({ name, state }) => ({ device: name, value: state === 'failed' || state === 'restarting' ? 1 : 0 })),
      );
      read.set(
        'service.restarts',
        services.map(({ name, restarts }) => ({ device: name, value: restarts })),
      );
    } catch {
      // Not written yet, or of another release: nothing is heard of the services.
    }
  };

  /** Everything that is new at `now`. Throws when the database is away. */
  return async (now: number): Promise<Read> => {
    const read: Read = new Map();
    await readServices(read);
    await readMetrics(read, now);
    await readForecast(now);
    if (forecast.length > 0) read.set('disk.full_in', forecast);
    await readRows(read);
    return read;
  };
};
