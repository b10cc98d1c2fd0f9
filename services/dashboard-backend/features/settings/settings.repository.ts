import type { Db } from '#db';

/** Statements on `app_settings`: a row per setting that differs from its default. */
export const settingsRepository = {
  all: (db: Db) => db.selectFrom('app_settings').select(['key', 'value']).execute(),

  /** Writes what is given; a key with `undefined` goes back to its default. */
  async write(db: Db, values: Map<string, unknown>, updatedBy: string): Promise<void> {
    const reset = [...values].filter(([, value]) => value === undefined).map(([key]) => key);
    const set = [...values].filter(([, value]) => value !== undefined).map(([key, value]) => ({ key, value: JSON.stringify(value), updated_by: updatedBy }));
    if (reset.length > 0) await db.deleteFrom('app_settings').where('key', 'in', reset).execute();
    if (set.length === 0) return;
    await db
      .insertInto('app_settings')
      .values(set)
      .onConflict((conflict) =>
        conflict.column('key').doUpdateSet(({ ref }) => ({ value: ref('excluded.value'), updated_by: ref('excluded.updated_by'), updated_at: new Date() })),
      )
      .execute();
  },
};
export type SettingsRepository = typeof settingsRepository;
