import { sql } from 'kysely';
import { defineCheck } from '../types.ts';

/** Above this the hardware slows itself down, and soon after switches itself off. */
const TOO_HOT_C = 92;
const FOR_S = 60;

/** A sensor that has been too hot for a whole minute. */
export const temperature = defineCheck({
  id: 'temperature.high',
  everyMs: 20_000,
  after: 2,
  async look({ database }) {
    const { rows } = await sql<{ sensor: string; lowest: number; newest: number; n: number }>`
      select sensor, min(value)::float8 as lowest, (array_agg(value::float8 order by "timestamp" desc))[1] as newest, count(*)::int as n
      from metrics_temperature where "timestamp" > now() - make_interval(secs => ${FOR_S}) group by sensor`.execute(database.db);
    if (rows.length === 0) return { skipped: 'No temperature is measured on this machine.' };
    return rows
      .filter(({ lowest, n }) => n >= 3 && lowest >= TOO_HOT_C)
      .map(({ sensor, newest }) => ({
        subject: sensor,
        severity: 'CRITICAL' as const,
        description: `${sensor} is at ${Math.round(newest)} °C and has been above ${TOO_HOT_C} °C for a minute.`,
        evidence: { sensor, celsius: Math.round(newest) },
      }));
  },
});
