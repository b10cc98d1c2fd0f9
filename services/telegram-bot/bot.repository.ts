import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Role, Severity, Words } from '#contracts';
import type { Db, Tx } from '#db';

/** Somebody who was paired with the bot. */
export interface BotPerson {
  channelId: string;
  chatId: number;
  userId: number;
  username: string;
  role: Role;
  workspaceId: string;
  language: 'en' | 'de';
  timeZone: string;
}

export interface IncidentRow {
  id: string;
  cause: string;
  state: 'open' | 'acknowledged' | 'resolved' | 'merged';
  severity: Severity;
  title: Words;
  device: string;
  signal: string | null;
  acknowledged_by: string | null;
  opened_at: Date;
  resolved_at: Date | null;
  healed_by: string | null;
}

interface StaleMessage {
  /** The delivery's. */
  id: string;
  incidentId: string;
  chatId: string;
  ref: number;
  shown: string | null;
  language: 'en' | 'de';
  timeZone: string;
}

const incidentColumns = sql`i.id, i.cause, i.state, i.severity, i.title, i.device, r.definition->>'signal' as signal, i.acknowledged_by, i.opened_at, i.resolved_at, i.healed_by`;

/** Statements of the bot. */
export const botRepository = {
  async findPerson(db: Db, chatId: number): Promise<BotPerson | undefined> {
    const { rows } = await sql<BotPerson>`
      select c.id as "channelId", c.address::float8 as "chatId", u.id as "userId", u.username, u.role, u.workspace_id as "workspaceId", c.language,
        c.time_zone as "timeZone"
      from alert_channels c join admin_users u on u.id = c.user_id and u.is_active where c.kind = 'telegram' and c.address = ${String(chatId)}`.execute(db);
    return rows[0];
  },

  /** Uses a code up: from now on that chat is the person's. Undefined for a code that is wrong, old or used. */
  async pair(tx: Tx, code: string, chatId: number, name: string, language: 'en' | 'de'): Promise<BotPerson | undefined> {
    const hash = createHash('sha256').update(code.toUpperCase()).digest('hex');
    const { rows } = await sql<{ user_id: number }>`update telegram_pairings set used_at = now()
      where code_hash = ${hash} and used_at is null and expires_at > now() returning user_id`.execute(tx);
    if (!rows[0]) return undefined;
    await sql`insert into alert_channels (workspace_id, user_id, kind, name, address, language)
      select workspace_id, id, 'telegram', ${name.slice(0, 100) || 'Telegram'}, ${String(chatId)}, ${language} from admin_users where id = ${rows[0].user_id}
      on conflict (address) where kind = 'telegram' do update set user_id = excluded.user_id, enabled = true, last_error = null`.execute(tx);
    await sql`update telegram_config set chat_id = ${String(chatId)} where chat_id is null`.execute(tx);
    return botRepository.findPerson(tx, chatId);
  },

  async countStranger(db: Db): Promise<void> {
    await sql`update telegram_state set strangers = strangers + 1`.execute(db);
    // Once an hour, so that nobody outside can fill the log: the count is what it says.
    await sql`insert into audit_log (actor, action, details) select 'telegram', 'telegram.stranger', jsonb_build_object('count', s.strangers)
      from telegram_state s where not exists (select from audit_log where action = 'telegram.stranger' and at > now() - interval '1 hour')`.execute(db);
  },

  async offset(db: Db): Promise<number> {
    return (await db.selectFrom('telegram_state').select('update_offset').executeTakeFirst())?.update_offset ?? 0;
  },

  async moveOffset(db: Db, offset: number): Promise<void> {
    await sql`update telegram_state set update_offset = greatest(update_offset, ${offset}::bigint)`.execute(db);
  },

  async contact(db: Db, error: string | null): Promise<void> {
    await sql`update telegram_state set last_error = ${error}, last_contact_at = case when ${error}::text is null then now() else last_contact_at end`.execute(
      db,
    );
  },

  /** False when this was done before. */
  async once(tx: Tx, key: string): Promise<boolean> {
    const { rows } = await sql`insert into telegram_updates (update_key) values (${key}) on conflict do nothing returning update_key`.execute(tx);
    return rows.length > 0;
  },

  async purge(db: Db): Promise<void> {
    await sql`delete from telegram_updates where handled_at < now() - interval '7 days'`.execute(db);
  },

  async findIncident(db: Db, id: string): Promise<IncidentRow | undefined> {
    return (await sql<IncidentRow>`select ${incidentColumns} from incidents i left join alert_rules r on r.id = i.rule_id where i.id = ${id}`.execute(db))
      .rows[0];
  },

  async openIncidents(db: Db, workspaceId: string): Promise<IncidentRow[]> {
    return (
      await sql<IncidentRow>`select ${incidentColumns} from incidents i left join alert_rules r on r.id = i.rule_id
        where i.workspace_id = ${workspaceId} and i.state in ('open', 'acknowledged') order by i.opened_at desc limit 20`.execute(db)
    ).rows;
  },

  /** The message that an incident began with in a chat, to answer to. */
  async threadOf(db: Db, channelId: string, incidentId: string): Promise<number | undefined> {
    const { rows } = await sql<{ ref: string }>`select d.message_ref as ref from notification_deliveries d join notifications n on n.id = d.notification_id
      where d.channel_id = ${channelId} and n.incident_id = ${incidentId} and d.status = 'delivered' and d.message_ref is not null
      order by n.created_at limit 1`.execute(db);
    return rows[0] && Number(rows[0].ref);
  },

  /** First messages of incidents that changed since they were written or edited; `shown` is what they show. */
  async stale(db: Db): Promise<StaleMessage[]> {
    const { rows } = await sql<StaleMessage>`
      select distinct on (d.channel_id, n.incident_id) d.id, n.incident_id as "incidentId", c.address as "chatId", d.message_ref::bigint as ref, d.shown, c.language, c.time_zone as "timeZone"
      from notification_deliveries d join notifications n on n.id = d.notification_id join incidents i on i.id = n.incident_id
      join alert_channels c on c.id = d.channel_id
      where c.kind = 'telegram' and d.status = 'delivered' and d.message_ref is not null and n.topic like 'incident.%'
        and i.updated_at > now() - interval '1 day'
      order by d.channel_id, n.incident_id, n.created_at limit 200`.execute(db);
    return rows;
  },

  async showed(db: Db, id: string, shown: string): Promise<void> {
    await db.updateTable('notification_deliveries').set({ shown }).where('id', '=', id).execute();
  },

  async acknowledge(tx: Tx, id: string, username: string): Promise<boolean> {
    const { rows } = await sql`update incidents set state = 'acknowledged', acknowledged_at = now(), acknowledged_by = ${username}
      where id = ${id} and state = 'open' returning id`.execute(tx);
    if (rows.length === 0) return false;
    await sql`insert into incident_events (incident_id, at, event, actor) values (${id}, now(), 'acknowledged', ${username})`.execute(tx);
    return true;
  },

  async silence(tx: Tx, target: string, until: Date, who: BotPerson): Promise<void> {
    await sql`insert into alert_silences (workspace_id, kind, target, reason, starts_at, ends_at, created_by)
      values (${who.workspaceId}, 'silence', ${target}, 'Telegram', now(), ${until}, ${who.username})`.execute(tx);
  },

  async audit(tx: Tx, who: BotPerson, action: string, subject: string): Promise<void> {
    await sql`insert into audit_log (actor, action, subject, details) values (${who.username}, ${action}, ${subject}, '{"via": "telegram"}'::jsonb)`.execute(
      tx,
    );
  },

  async changed(tx: Tx, what: 'incident' | 'silences'): Promise<void> {
    await sql`select pg_notify('arasul', ${JSON.stringify({ c: 'alerts.changed', p: { what } })})`.execute(tx);
  },

  async wakeHealing(tx: Tx): Promise<void> {
    await sql`select pg_notify('arasul', ${JSON.stringify({ c: 'healing.wake', p: { what: 'repair' } })})`.execute(tx);
  },

  async counts(db: Db) {
    const { rows } = await sql<{ waiting: number; running: number; ready: number; open: number; failed: number }>`
      select (select count(*)::int from llm_jobs where status = 'pending') as waiting, (select count(*)::int from llm_jobs where status = 'processing') as running,
        (select count(*)::int from documents where deleted_at is null and status = 'indexed') as ready,
        (select count(*)::int from documents where deleted_at is null and status in ('pending', 'indexing')) as open,
        (select count(*)::int from documents where deleted_at is null and status = 'failed') as failed`.execute(db);
    return rows[0]!;
  },

  /** Values of a metric over the last hour, oldest first. */
  async series(db: Db, metric: string, device: string | null): Promise<{ at: number; value: number }[]> {
    const { rows } = await sql<{ at: Date; value: number }>`select "timestamp" as at, value from metrics_samples
      where metric = ${metric} and (${device}::text is null or device = ${device}) and "timestamp" > now() - interval '1 hour' order by "timestamp" limit 2000`.execute(
      db,
    );
    return rows.map(({ at, value }) => ({ at: at.getTime(), value }));
  },

  /** A conversation with the question and an empty answer, as the chat makes it. */
  async addQuestion(tx: Tx, { userId, workspaceId }: BotPerson, question: string): Promise<{ conversationId: string; messageId: string }> {
    const title = question.replaceAll(/\s+/g, ' ').slice(0, 60);
    const conversation = await tx
      .insertInto('chat_conversations')
      .values({ user_id: userId, workspace_id: workspaceId, title })
      .returning('id')
      .executeTakeFirstOrThrow();
    const common = { workspace_id: workspaceId, conversation_id: conversation.id };
    const rows = await tx
      .insertInto('chat_messages')
      .values([
        { ...common, role: 'user', content: question, status: 'complete', created_at: sql`clock_timestamp()` },
        { ...common, role: 'assistant', content: '', status: 'waiting', created_at: sql`clock_timestamp() + interval '1 microsecond'` },
      ])
      .returning(['id', 'role'])
      .execute();
    return { conversationId: conversation.id, messageId: rows.find(({ role }) => role === 'assistant')!.id };
  },

  jobStatus: async (db: Db, id: string): Promise<string | undefined> =>
    (await db.selectFrom('llm_jobs').select('status').where('id', '=', id).executeTakeFirst())?.status,

  findDocument: (db: Db, id: string) =>
    db.selectFrom('documents').select(['filename', 'status', 'progress', 'page_count', 'error_message']).where('id', '=', id).executeTakeFirst(),

  /** A person's own documents, newest first. */
  ownDocuments: (db: Db, { userId, workspaceId }: BotPerson) =>
    db
      .selectFrom('documents')
      .select(['filename', 'status'])
      .where('owner_id', '=', userId)
      .where('workspace_id', '=', workspaceId)
      .where('deleted_at', 'is', null)
      .where('version_of', 'is', null)
      .orderBy('created_at', 'desc')
      .limit(8)
      .execute(),

  async backups(db: Db) {
    const { rows } = await sql<{ target: string | null; good: Date | null; state: string | null; at: Date | null }>`
      select (select id from backup_targets order by created_at limit 1) as target, (select taken_at from last_good_backup limit 1) as good, r.state, r.requested_at as at
      from (select 1) one left join lateral (select state, requested_at from backup_runs where kind = 'backup' order by requested_at desc limit 1) r on true`.execute(
      db,
    );
    return rows[0]!;
  },

  /** Puts a backup in line; one that waits or runs already is not asked for twice. */
  async requestBackup(tx: Tx, id: string, targetId: string, by: string): Promise<void> {
    await sql`insert into backup_runs (id, kind, reason, target_id, requested_by) select ${id}, 'backup', 'person', ${targetId}, ${by}
      where not exists (select from backup_runs where kind = 'backup' and target_id = ${targetId} and state in ('waiting', 'running'))
      on conflict do nothing`.execute(tx);
  },
};
