import { settingsSchema, type Settings } from '#contracts';
import type { Db } from '#db';

/** The metrics group as it is set: the rows of `app_settings` over the defaults. */
export const readMetricsSettings = async (db: Db): Promise<Settings['metrics']> => {
  const rows = await db.selectFrom('app_settings').select(['key', 'value']).where('key', 'like', 'metrics.%').execute();
  const set = Object.fromEntries(rows.map(({ key, value }) => [key.slice('metrics.'.length), value]));
  return settingsSchema.parse({ metrics: set }).metrics;
};
