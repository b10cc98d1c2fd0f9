import { sql } from 'kysely';
import { readThresholds } from '#contracts';
import type { Database, Tx } from '#db';

const BATCH = 200;

/** Everybody has a bell. It rings for what concerns the box only with those who look after it. */
const keepBells = (tx: Tx) =>
  sql`
    insert into alert_channels (workspace_id, user_id, kind, name, min_severity)
    select workspace_id, id, 'dashboard', 'Dashboard', case when role in ('admin', 'owner') then 'info' else 'critical' end
    from admin_users u where is_active and not exists (select 1 from alert_channels c where c.user_id = u.id and c.kind = 'dashboard')
    on conflict do nothing`.execute(tx);

const rank = (column: string) => sql.raw(`array_position(array['info', 'warning', 'critical'], ${column}::text)`);

/**
 * Hands what is new in the outbox to the channels that want it: by person, topic, severity and step of escalation; a recovery goes to whoever
 * was told of the trouble. Telegram follows `telegram_config` as well: its switch, and the `notify_on_` keys of `alert_thresholds`, where a
 * service that is down and what self-healing says have a key of their own.
 */
const spreadBatch = async (tx: Tx): Promise<number> => {
  const rows = await tx
    .selectFrom('notifications')
    .select('id')
    .where('spread_at', 'is', null)
    .orderBy('created_at')
    .limit(BATCH)
    .forUpdate()
    .skipLocked()
    .execute();
  if (rows.length === 0) return 0;
  await keepBells(tx);
  const ids = rows.map(({ id }) => id);
  const config = await tx.selectFrom('telegram_config').select(['enabled', 'alert_thresholds']).executeTakeFirst();
  const thresholds = readThresholds(config?.alert_thresholds);
  // Recoveries last: they go to whoever is told of the trouble, which may lie in the same batch.
  for (const recoveries of [false, true]) {
    await sql`
    insert into notification_deliveries (notification_id, channel_id, status, delivered_at)
    select n.id, c.id, case when c.kind = 'dashboard' then 'delivered' else 'pending' end, case when c.kind = 'dashboard' then now() end
    from notifications n
    join alert_channels c on c.workspace_id = n.workspace_id and c.enabled
    left join admin_users u on u.id = c.user_id
    where n.id = any(${ids}::uuid[]) and (n.topic = 'incident.resolved') = ${recoveries} and (c.user_id is null or u.is_active) and (n.user_id is null or n.user_id = c.user_id)
      and (c.topics is null or exists (select 1 from unnest(c.topics) t where n.topic = t or starts_with(n.topic, t || '.')))
      and case when n.topic = 'incident.resolved'
        then exists (select 1 from notification_deliveries d join notifications before on before.id = d.notification_id
          where before.incident_id = n.incident_id and d.channel_id = c.id and d.status <> 'dropped')
        else ${rank('n.severity')} >= ${rank('c.min_severity')} and (n.user_id is not null or n.escalation_step = c.escalation_step or
          (c.kind = 'dashboard' and n.escalation_step = 0)) and
          (c.kind <> 'telegram' or (${config?.enabled ?? false}::boolean and case
            when n.topic like 'healing.%' or n.details->>'cause' like 'healing%' then ${thresholds.notify_on_self_healing}::boolean
            when n.details->>'cause' like 'service%' then ${thresholds.notify_on_service_down}::boolean
            when n.severity = 'critical' then ${thresholds.notify_on_critical}::boolean
            when n.severity = 'warning' then ${thresholds.notify_on_warning}::boolean
            else true end))
        end
    on conflict (notification_id, channel_id) do nothing`.execute(tx);
  }
  await tx
    .updateTable('notifications')
    .set({ spread_at: sql`now()` })
    .where('id', 'in', ids)
    .execute();
  await sql`select pg_notify('arasul', ${JSON.stringify({ c: 'notifications.spread', p: { count: ids.length } })})`.execute(tx);
  return rows.length;
};

/** Hands everything that is new in the outbox to the channels that want it. */
export const spread = async (database: Pick<Database, 'inTransaction'>): Promise<void> => {
  while ((await database.inTransaction(spreadBatch)) === BATCH);
};
