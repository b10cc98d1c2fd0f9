import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Database, Notifier } from '#db';
import { writeWhole } from './durable.ts';
import type { RestorePoint } from './ports.ts';

const FILE = 'settings.json';
const content = z.object({
  settings: z.array(z.object({ key: z.string(), value: z.unknown(), updated_by: z.string().nullable() })),
  /** The model in use of each purpose. */
  activeModels: z.array(z.string()),
  /** Whose vectors the search compares; null while none do. */
  search: z.object({ serving_model: z.string(), previous_model: z.string().nullable(), refused_model: z.string().nullable() }).nullish(),
});

/** What returns with a release: settings, the choice of models, and whose vectors serve (all vectors are kept, so the choice is enough). */
export const createSettingsPoint = ({ db }: Pick<Database, 'db'>): RestorePoint => ({
  async take({ folder }) {
    const settings = await db.selectFrom('app_settings').select(['key', 'value', 'updated_by']).orderBy('key').execute();
    const active = await db.selectFrom('models').select('id').where('active', '=', true).orderBy('id').execute();
    const search = (await db.selectFrom('search_models').select(['serving_model', 'previous_model', 'refused_model']).executeTakeFirst()) ?? null;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const text = JSON.stringify({ settings, activeModels: active.map(({ id }) => id), search });
    await writeWhole(join(folder, FILE), text);
    return { sizeBytes: Buffer.byteLength(text), parts: ['settings', 'models', 'vectors'] };
  },
});

/** Puts settings, models and the serving vectors back as they were taken. */
export const restoreSettings = async (
  { inTransaction }: Pick<Database, 'inTransaction'>,
  notifier: Pick<Notifier, 'publish'>,
  folder: string,
): Promise<void> => {
  const { settings, activeModels, search } = content.parse(JSON.parse(await readFile(join(folder, FILE), 'utf8')));
  await inTransaction(async (tx) => {
    const before = await tx.deleteFrom('app_settings').returning('key').execute();
    if (settings.length > 0)
      await tx
        .insertInto('app_settings')
        .values(settings.map(({ key, value, updated_by }) => ({ key, value: JSON.stringify(value), updated_by })))
        .execute();
    await tx.updateTable('models').set({ active: false }).where('active', '=', true).execute();
    if (activeModels.length > 0) await tx.updateTable('models').set({ active: true }).where('id', 'in', activeModels).execute();
    if (search) await tx.updateTable('search_models').set(search).execute();
    const groups = new Set([...before, ...settings].map(({ key }) => key.split('.')[0]!));
    await notifier.publish(tx, 'settings.changed', { groups: [...groups, 'models'] });
  });
};

/** What “roll back” would undo of what people changed since: settings, and the models in use. Null when nothing was taken there. */
export const compareSettings = async ({ db }: Pick<Database, 'db'>, folder: string) => {
  const text = await readFile(join(folder, FILE), 'utf8').catch(() => null);
  if (text === null) return null;
  const then = content.parse(JSON.parse(text));
  const now = await db.selectFrom('app_settings').select(['key', 'value']).execute();
  const active = (await db.selectFrom('models').select('id').where('active', '=', true).execute()).map(({ id }) => id);
  const before = new Map(then.settings.map(({ key, value }) => [key, value]));
  const after = new Map(now.map(({ key, value }) => [key, value as unknown]));
  const settings = [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .map((key) => ({ key, now: after.get(key) ?? null, then: before.get(key) ?? null }))
    .filter((one) => JSON.stringify(one.now) !== JSON.stringify(one.then));
  const models = {
    leave: active.filter((id) => !then.activeModels.includes(id)).sort(),
    return: then.activeModels.filter((id) => !active.includes(id)),
  };
  return { settings, models };
};
