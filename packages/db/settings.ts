import { defaultSettings, settingsSchema, type Settings } from '#contracts';
import type { Host, Logger } from '#kit';
import type { Database, Db } from './database.ts';
import type { Notifier } from './notifier.ts';
import { sharedDatabase, sharedNotifier } from './shared.ts';

/** The settings in force: the rows over the defaults. A row that this release does not know or refuses counts as not there: a newer release may have written it. */
export const readSettings = async (db: Db): Promise<Settings> => {
  const settings = structuredClone(defaultSettings) as Record<string, Record<string, unknown>>;
  for (const { key, value } of await db.selectFrom('app_settings').select(['key', 'value']).execute()) {
    const [group = '', name = ''] = key.split('.');
    const known = settings[group];
    if (!known || !(name in known)) continue;
    const parsed = settingsSchema.shape[group as keyof Settings].safeParse({ [name]: value });
    if (parsed.success) known[name] = (parsed.data as Record<string, unknown>)[name];
  }
  return settings as Settings;
};

export interface LiveSettings {
  /** In force now, from memory. */
  get(): Settings;
  close(): void;
}

interface Needs {
  database: Pick<Database, 'db'>;
  notifier: Pick<Notifier, 'subscribe' | 'onReconnect'>;
  log: Logger;
}

/** Settings for a service that only reads them: read once, then again whenever any process says that they changed. */
export const watchSettings = async ({ database, notifier, log }: Needs): Promise<LiveSettings> => {
  let current = await readSettings(database.db);
  const reload = (): void => {
    readSettings(database.db).then(
      (settings) => (current = settings),
      (error: unknown) => log.warn({ error }, 'changed settings could not be read'),
    );
  };
  const ends = [notifier.subscribe('settings.changed', reload), notifier.onReconnect(reload)];
  return {
    get: () => current,
    close() {
      for (const end of ends) end();
    },
  };
};

/** The process's one view of the settings. */
export const sharedSettings = (host: Pick<Host, 'share' | 'log'>, url: string): Promise<LiveSettings> =>
  host.share(
    'settings',
    () => watchSettings({ database: sharedDatabase(host, url), notifier: sharedNotifier(host, url), log: host.log }),
    (settings) => settings.close(),
  );
