import { sql } from 'kysely';
import type { DeliveryQuery, MailServerPut } from '#contracts';
import type { Db, Tx } from '#db';
import type { SealedParts } from '#kit';

const channelRows = (db: Db, workspaceId: string) =>
  db
    .selectFrom('alert_channels as c')
    .leftJoin('admin_users as u', 'u.id', 'c.user_id')
    .selectAll('c')
    .select(['u.uid', 'u.username'])
    .select(sql<number>`(select count(*)::int from notification_deliveries d where d.channel_id = c.id and d.status = 'pending')`.as('waiting'))
    .where('c.workspace_id', '=', workspaceId);

export interface ChannelValues {
  name?: string;
  enabled?: boolean;
  min_severity?: string;
  topics?: string[] | null;
  quiet_from?: number | null;
  quiet_until?: number | null;
  quiet_lets_critical?: boolean;
  time_zone?: string;
  language?: string;
  escalation_step?: number;
  address?: string;
}

/** Statements on the ways to reach people, and on what is on its way. */
export const channelsRepository = {
  /** A person's own, or all. */
  list: (db: Db, workspaceId: string, userId: number | null) =>
    channelRows(db, workspaceId)
      .$if(userId !== null, (query) => query.where('c.user_id', '=', userId))
      .orderBy('u.username')
      .orderBy('c.created_at')
      .execute(),

  find: (db: Db, workspaceId: string, id: string) => channelRows(db, workspaceId).where('c.id', '=', id).executeTakeFirst(),

  findUser: (db: Db, workspaceId: string, uid: string) =>
    db.selectFrom('admin_users').select(['id', 'username']).where('uid', '=', uid).where('workspace_id', '=', workspaceId).executeTakeFirst(),

  async insert(
    tx: Tx,
    workspaceId: string,
    channel: ChannelValues & { id: string; kind: string; name: string; user_id: number | null },
    secret: SealedParts | null,
  ): Promise<void> {
    await tx
      .insertInto('alert_channels')
      .values({
        workspace_id: workspaceId,
        ...channel,
        secret_encrypted: secret?.encrypted ?? null,
        secret_iv: secret?.iv ?? null,
        secret_tag: secret?.tag ?? null,
      })
      .execute();
  },

  async update(tx: Tx, id: string, values: ChannelValues, secret?: SealedParts): Promise<void> {
    const sealed = secret ? { secret_encrypted: secret.encrypted, secret_iv: secret.iv, secret_tag: secret.tag } : {};
    // A person changed something: what was blocked is tried at once.
    await tx
      .updateTable('alert_channels')
      .set({ ...values, ...sealed, blocked_until: null })
      .where('id', '=', id)
      .execute();
    await tx
      .updateTable('notification_deliveries')
      .set({ due_at: sql`now()` })
      .where('channel_id', '=', id)
      .where('status', '=', 'pending')
      .execute();
  },

  async remove(tx: Tx, id: string): Promise<void> {
    await tx.deleteFrom('alert_channels').where('id', '=', id).execute();
  },

  mailServer: (db: Db) => db.selectFrom('mail_server').selectAll().executeTakeFirst(),

  /** `secret` undefined: the password stays; null: there is none. */
  async putMailServer(tx: Tx, { host, port, security, username, from }: MailServerPut, secret: SealedParts | null | undefined): Promise<void> {
    const sealed = secret === undefined ? {} : { secret_encrypted: secret?.encrypted ?? null, secret_iv: secret?.iv ?? null, secret_tag: secret?.tag ?? null };
    const values = { host, port, security, username, from_address: from, ...sealed };
    await tx
      .insertInto('mail_server')
      .values({ id: 1, ...values })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
      .execute();
    await sql`update alert_channels set blocked_until = null where kind = 'email'`.execute(tx);
  },

  deliveries: (db: Db, workspaceId: string, { status, channelId, limit }: DeliveryQuery, after?: [string, string]) =>
    db
      .selectFrom('notification_deliveries as d')
      .innerJoin('notifications as n', 'n.id', 'd.notification_id')
      .innerJoin('alert_channels as c', 'c.id', 'd.channel_id')
      .leftJoin('admin_users as u', 'u.id', 'c.user_id')
      .select(['d.id', 'd.status', 'd.attempts', 'd.error', 'd.created_at', 'd.due_at', 'd.delivered_at'])
      .select(['c.id as channel_id', 'c.name', 'c.kind', 'u.username', 'n.topic', 'n.severity', 'n.title', 'n.link'])
      .select(sql<string>`d.created_at::text`.as('created_exact'))
      .where('c.workspace_id', '=', workspaceId)
      .where('c.kind', '<>', 'dashboard')
      .$if(status !== undefined, (query) => query.where('d.status', '=', status!))
      .$if(channelId !== undefined, (query) => query.where('d.channel_id', '=', channelId!))
      .$if(after !== undefined, (query) => query.where(sql<boolean>`(d.created_at, d.id) < (${after![0]}::timestamptz, ${after![1]}::uuid)`))
      .orderBy('d.created_at', 'desc')
      .orderBy('d.id', 'desc')
      .limit(limit + 1)
      .execute(),

  /** Undefined when there is none, or it is not in one of these states. */
  async retry(tx: Tx, workspaceId: string, id: string): Promise<boolean> {
    const { rows } = await sql<{ channel_id: string }>`
      update notification_deliveries d set status = 'pending', due_at = now(), error = null
      from alert_channels c where d.id = ${id} and c.id = d.channel_id and c.workspace_id = ${workspaceId} and d.status in ('pending', 'dropped')
      returning d.channel_id`.execute(tx);
    if (!rows[0]) return false;
    await tx.updateTable('alert_channels').set({ blocked_until: null }).where('id', '=', rows[0].channel_id).execute();
    return true;
  },

  async cancel(tx: Tx, workspaceId: string, id: string, error: string): Promise<boolean> {
    const { rows } = await sql`
      update notification_deliveries d set status = 'dropped', error = ${error}
      from alert_channels c where d.id = ${id} and c.id = d.channel_id and c.workspace_id = ${workspaceId} and d.status = 'pending'
      returning d.id`.execute(tx);
    return rows.length > 0;
  },
};
export type ChannelsRepository = typeof channelsRepository;
