import { sql } from 'kysely';
import { lineConfig, storeLineConfig } from '#answers';
import type { Settings } from '#contracts';
import type { Database, Notifier } from '#db';
import type { Logger } from '#kit';

interface Needs {
  database: Pick<Database, 'db'>;
  notifier: Pick<Notifier, 'subscribe' | 'onReconnect'>;
  settings: () => Pick<Settings, 'models'>;
  log: Logger;
}

/** Measured loads that count. */
const LOADS = 10;

/** Keeps what decisions are made with up to date: who may ask, which models there are, how long loading takes. */
export const keepLineConfig = async ({ database: { db }, notifier, settings, log }: Needs) => {
  const write = async (): Promise<void> => {
    const { rows } = await sql<{ users: number; models: number; active: string | null; loads: Record<string, number> }>`
      select (select count(*) from admin_users)::int as users,
        (select count(*) from models where purpose = 'chat' and state = 'ready')::int as models,
        (select id from models where purpose = 'chat' and active) as active,
        (select coalesce(json_object_agg(model, ms), '{}') from (
          select model, avg(load_ms) as ms from (
            select model, load_ms, row_number() over (partition by model order by ended_at desc) as n from llm_usage
            where load_ms > 0 and model is not null and ended_at > now() - interval '30 days') newest
          where n <= ${LOADS} group by model) loads) as loads`.execute(db);
    const { users, models, active, loads } = rows[0]!;
    const { externalUrl, externalChatModel } = settings().models;
    await storeLineConfig(
      db,
      lineConfig.parse({
        users: Math.max(1, users),
        models: Math.max(1, models),
        defaultModel: externalUrl ? externalChatModel || null : active,
        loadMs: loads,
      }),
    );
  };
  const attempt = (): Promise<void> => write().catch((error: unknown) => log.debug({ error }, 'the line’s configuration was not written yet'));
  const again = (): void => void attempt();
  const ends = [
    notifier.subscribe('settings.changed', again),
    notifier.subscribe('models.changed', again),
    notifier.subscribe('user.changed', again),
    notifier.onReconnect(again),
  ];
  await attempt();
  return {
    /** Looks again, such as after a model was loaded. */
    again,
    close() {
      for (const end of ends) end();
    },
  };
};
