import { sql } from 'kysely';
import type { Db, Tx } from '#db';
import type { SealedParts } from '#kit';

/** Statements on the bot's set-up and on who was paired. */
export const telegramRepository = {
  async find(db: Db) {
    const { rows } = await sql<{
      configured: boolean;
      enabled: boolean;
      bot_username: string | null;
      public_url: string | null;
      last_contact_at: Date | null;
      last_error: string | null;
      strangers: number;
    }>`select coalesce(c.bot_token_encrypted is not null, false) as configured, coalesce(c.enabled, false) as enabled, s.bot_username, s.public_url, s.last_contact_at,
        s.last_error, s.strangers from telegram_state s left join telegram_config c on c.id = 1`.execute(db);
    return rows[0]!;
  },

  people: (db: Db, workspaceId: string) =>
    db
      .selectFrom('alert_channels as c')
      .innerJoin('admin_users as u', 'u.id', 'c.user_id')
      .select(['c.id', 'c.name', 'c.language', 'u.username', 'u.role'])
      .where('c.kind', '=', 'telegram')
      .where('c.workspace_id', '=', workspaceId)
      .orderBy('u.username')
      .execute(),

  /** Another bot counts its updates anew. */
  async putToken(tx: Tx, { encrypted, iv, tag }: SealedParts, bot: { id: number; username: string | null }): Promise<void> {
    await sql`insert into telegram_config (id, bot_token_encrypted, bot_token_iv, bot_token_tag, enabled) values (1, ${encrypted}, ${iv}, ${tag}, true)
      on conflict (id) do update set bot_token_encrypted = excluded.bot_token_encrypted, bot_token_iv = excluded.bot_token_iv,
        bot_token_tag = excluded.bot_token_tag, enabled = true`.execute(tx);
    await sql`update telegram_state set update_offset = case when bot_id = ${bot.id}::bigint then update_offset else 0 end, bot_id = ${bot.id}::bigint,
      bot_username = ${bot.username}, last_error = null`.execute(tx);
    await sql`update alert_channels set blocked_until = null, last_error = null where kind = 'telegram'`.execute(tx);
  },

  async setEnabled(tx: Tx, enabled: boolean): Promise<void> {
    await sql`insert into telegram_config (id, enabled) values (1, ${enabled}) on conflict (id) do update set enabled = excluded.enabled`.execute(tx);
  },

  async forget(tx: Tx): Promise<void> {
    await sql`update telegram_config set bot_token_encrypted = null, bot_token_iv = null, bot_token_tag = null, enabled = false, chat_id = null`.execute(tx);
    await sql`update telegram_state set bot_id = null, bot_username = null, update_offset = 0, last_error = null`.execute(tx);
    await sql`delete from alert_channels where kind = 'telegram'`.execute(tx);
  },

  /** One code a person: the one before is void. */
  async addPairing(tx: Tx, userId: number, codeHash: string, expiresAt: Date): Promise<void> {
    await tx.deleteFrom('telegram_pairings').where('user_id', '=', userId).execute();
    await tx.insertInto('telegram_pairings').values({ user_id: userId, code_hash: codeHash, expires_at: expiresAt }).execute();
  },

  findUser: (db: Db, workspaceId: string, uid: string) =>
    db.selectFrom('admin_users').select(['id', 'username']).where('uid', '=', uid).where('workspace_id', '=', workspaceId).executeTakeFirst(),
};
export type TelegramRepository = typeof telegramRepository;
