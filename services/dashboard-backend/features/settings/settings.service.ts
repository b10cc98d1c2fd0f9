import { isDeepStrictEqual } from 'node:util';
import { defaultSettings, settingsSchema, type Settings, type SettingsPatch } from '#contracts';
import type { Database, Db, Notifier } from '#db';
import { AppError, type Logger } from '#kit';
import type { Audit } from '../audit/index.ts';
import type { SettingsRepository } from './settings.repository.ts';

type Groups = Record<string, Record<string, unknown>>;

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  notifier: Pick<Notifier, 'publish' | 'subscribe' | 'onReconnect' | 'settled'>;
  repository: SettingsRepository;
  audit: Audit;
  log: Logger;
}

/** Who changes settings, as far as they care. */
interface Changer {
  username: string;
  ipAddress: string;
}

export type SettingsService = Awaited<ReturnType<typeof createSettingsService>>;

const differences = (before: Settings, after: Settings): { key: string; from: unknown; to: unknown }[] =>
  Object.entries(after as Groups).flatMap(([group, values]) =>
    Object.entries(values)
      .map(([name, to]) => ({ key: `${group}.${name}`, from: (before as Groups)[group]![name], to }))
      .filter(({ from, to }) => !isDeepStrictEqual(from, to)),
  );

/** The settings in force: read once, kept in memory, read again when any process says that they changed. */
export const createSettingsService = async ({ database, notifier, repository, audit, log }: Needs) => {
  /** A row that this release does not know, or whose value it refuses, is left alone: a newer release may have written it. */
  const read = async (db: Db): Promise<Settings> => {
    const settings = structuredClone(defaultSettings) as Groups;
    for (const { key, value } of await repository.all(db)) {
      const [group = '', name = ''] = key.split('.');
      const schema = settingsSchema.shape[group as keyof Settings]?.unwrap().shape[name as never] as
        { safeParse(v: unknown): { success: boolean; data?: unknown } } | undefined;
      const parsed = schema?.safeParse(value);
      if (parsed?.success) settings[group]![name] = parsed.data;
      else log.warn({ key }, 'a setting in the database is not one of this release; its default is used');
    }
    return settings as Settings;
  };

  let current = await read(database.db);
  const listeners = new Set<(settings: Settings, groups: string[]) => void>();

  const reload = async (): Promise<void> => {
    const before = current;
    current = await read(database.db);
    const groups = [...new Set(differences(before, current).map(({ key }) => key.split('.')[0]!))];
    if (groups.length > 0) for (const listener of listeners) listener(current, groups);
  };
  const reloadQuietly = () => void reload().catch((error: unknown) => log.warn({ error }, 'changed settings could not be read'));
  const subscriptions = [notifier.subscribe('settings.changed', reloadQuietly), notifier.onReconnect(reloadQuietly)];

  return {
    get: (): Settings => current,

    /** Called with the new settings and the groups that differ. Returns how to end it. */
    onChange(listener: (settings: Settings, groups: string[]) => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },

    /** Changes what the patch names, tells every process, and writes it down. Errors: `validation_failed`. */
    async change(who: Changer, patch: SettingsPatch): Promise<Settings> {
      await database.inTransaction(async (tx) => {
        const before = await read(tx);
        const after = settingsSchema.parse(
          Object.fromEntries(Object.entries(before).map(([group, values]) => [group, { ...values, ...patch[group as keyof Settings] }])),
        );
        if (after.metrics.minuteDays < after.metrics.rawDays || after.metrics.hourDays < after.metrics.minuteDays) {
          throw new AppError('validation_failed', {
            message: 'Coarser metrics must be kept at least as long as finer ones: raw, then minutes, then hours.',
            details: { in: 'body', problems: [{ path: 'metrics', message: 'rawDays <= minuteDays <= hourDays' }] },
          });
        }
        const changed = differences(before, after);
        if (changed.length === 0) return;
        const defaults = defaultSettings as Groups;
        const rows = changed.map(({ key, to }) => {
          const [group, name] = key.split('.') as [string, string];
          return [key, isDeepStrictEqual(defaults[group]![name], to) ? undefined : to] as const;
        });
        await repository.write(tx, new Map(rows), who.username);
        await notifier.publish(tx, 'settings.changed', { groups: [...new Set(changed.map(({ key }) => key.split('.')[0]!))] });
        await audit.record(tx, who, 'settings.changed', changed.map(({ key }) => key).join(', '), changed);
      });
      await reload();
      return current;
    },

    close() {
      for (const unsubscribe of subscriptions) unsubscribe();
    },
  };
};
