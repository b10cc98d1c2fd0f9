import { sql } from 'kysely';
import type { ChannelKind, Severity, Words } from '#contracts';
import type { Db } from '#db';
import type { Due } from './plan.ts';
import type { Language, Told } from './words.ts';

/** A worker that dies gives back what it held after this long; no channel takes that long over a batch. */
const LEASE_SECONDS = 120;
const BATCH = 100;

export interface DueChannel {
  id: string;
  kind: ChannelKind;
  address: string;
  secret_encrypted: string | null;
  secret_iv: string | null;
  secret_tag: string | null;
  quiet_from: number | null;
  quiet_until: number | null;
  quiet_lets_critical: boolean;
  time_zone: string;
  language: Language;
}

export interface DueDelivery extends Due, Told {
  attempts: number;
}

/** Statements on what is to be delivered. */
export const outboxRepository = {
  async dueChannels(db: Db, kinds: readonly ChannelKind[]): Promise<DueChannel[]> {
    const { rows } = await sql<DueChannel>`
      select id, kind, address, secret_encrypted, secret_iv, secret_tag, quiet_from, quiet_until, quiet_lets_critical, time_zone, language
      from alert_channels c where enabled and kind = any(${[...kinds]}::text[]) and (blocked_until is null or blocked_until <= now())
        and exists (select 1 from notification_deliveries d where d.channel_id = c.id and d.status = 'pending' and d.due_at <= now()
          and (d.leased_until is null or d.leased_until < now()))`.execute(db);
    return rows;
  },

  /** When something is due next. */
  async nextDue(db: Db, kinds: readonly ChannelKind[]): Promise<Date | null> {
    const { rows } = await sql<{ at: Date | null }>`
      select min(greatest(d.due_at, c.blocked_until, d.leased_until)) as at from notification_deliveries d join alert_channels c on c.id = d.channel_id
      where d.status = 'pending' and c.enabled and c.kind = any(${[...kinds]}::text[])`.execute(db);
    return rows[0]?.at ?? null;
  },

  /** Takes what is due for a channel, oldest first; nobody else takes it until it is settled or the lease runs out. */
  async claim(db: Db, channelId: string): Promise<DueDelivery[]> {
    interface Row {
      id: string;
      attempts: number;
      notification_id: string;
      topic: string;
      severity: Severity;
      title: Words;
      body: Words | null;
      link: string | null;
      incident_id: string | null;
      details: Record<string, unknown>;
      created_at: Date;
      lasts: boolean;
    }
    const { rows } = await sql<Row>`
      with taken as (
        update notification_deliveries set leased_until = now() + make_interval(secs => ${LEASE_SECONDS}) where id in (
          select id from notification_deliveries where channel_id = ${channelId} and status = 'pending' and due_at <= now()
            and (leased_until is null or leased_until < now()) order by created_at, id limit ${BATCH} for update skip locked)
        returning id, attempts, notification_id, created_at)
      select t.id, t.attempts, t.notification_id, n.topic, n.severity, n.title, n.body, n.link, n.incident_id, n.details, n.created_at,
        coalesce(i.state in ('open', 'acknowledged'), false) and n.topic <> 'incident.resolved' as lasts
      from taken t join notifications n on n.id = t.notification_id left join incidents i on i.id = n.incident_id
      order by n.created_at, n.id`.execute(db);
    return rows.map(({ created_at, notification_id, incident_id, ...row }) => ({
      ...row,
      notificationId: notification_id,
      incidentId: incident_id,
      createdAt: created_at.getTime(),
    }));
  },

  async hold(db: Db, ids: readonly string[], until: Date): Promise<void> {
    if (ids.length === 0) return;
    await db.updateTable('notification_deliveries').set({ due_at: until, leased_until: null }).where('id', 'in', ids).execute();
  },

  /** It arrived. What was folded into it has arrived with it. */
  async delivered(db: Db, channelId: string, [id, ...folded]: readonly string[], ref: string | null): Promise<void> {
    await sql`update notification_deliveries set status = 'delivered', attempts = attempts + 1, delivered_at = now(), message_ref = ${ref}, error = null,
      leased_until = null where id = ${id} and status = 'pending'`.execute(db);
    if (folded.length > 0) {
      await sql`update notification_deliveries set status = 'folded', delivered_at = now(), error = null, leased_until = null, folded_into = ${id}
        where id = any(${folded}::uuid[]) and status = 'pending'`.execute(db);
    }
    await sql`update alert_channels set last_delivered_at = now(), last_error = null, blocked_until = null where id = ${channelId}`.execute(db);
  },

  /** It did not arrive and is tried again at `due`, and with it all that waits behind it. */
  async postponed(db: Db, channelId: string, ids: readonly string[], { error, due, counts }: { error: string; due: Date; counts: boolean }): Promise<void> {
    await sql`update notification_deliveries set attempts = attempts + ${counts ? 1 : 0}, error = ${error}, due_at = ${due}, leased_until = null
      where id = any(${[...ids]}::uuid[]) and status = 'pending'`.execute(db);
    await sql`update alert_channels set last_error = ${error}, blocked_until = ${due} where id = ${channelId}`.execute(db);
  },

  async dropped(db: Db, channelId: string, ids: readonly string[], error: string): Promise<void> {
    await sql`update notification_deliveries set status = 'dropped', attempts = attempts + 1, error = ${error}, leased_until = null
      where id = any(${[...ids]}::uuid[]) and status = 'pending'`.execute(db);
    await sql`update alert_channels set last_error = ${error} where id = ${channelId}`.execute(db);
  },

  async release(db: Db, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await db.updateTable('notification_deliveries').set({ leased_until: null }).where('id', 'in', ids).where('status', '=', 'pending').execute();
  },

  async mailServer(db: Db) {
    return db.selectFrom('mail_server').selectAll().executeTakeFirst();
  },

  /** What was told and settled longer ago than that is forgotten; incidents keep their own history. */
  async purge(db: Db, before: Date): Promise<void> {
    await sql`delete from notifications where id in (select id from notifications where created_at < ${before} order by created_at limit 5000)`.execute(db);
  },
};
