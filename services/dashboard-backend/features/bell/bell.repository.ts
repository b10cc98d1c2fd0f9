import { sql } from 'kysely';
import type { Db } from '#db';

const mine = (db: Db, userId: number) =>
  db
    .selectFrom('notification_deliveries as d')
    .innerJoin('alert_channels as c', 'c.id', 'd.channel_id')
    .innerJoin('notifications as n', 'n.id', 'd.notification_id')
    .where('c.user_id', '=', userId)
    .where('c.kind', '=', 'dashboard');

/** Statements on what one's own bell has rung for. */
export const bellRepository = {
  list: (db: Db, userId: number, limit: number, after?: [string, string]) =>
    mine(db, userId)
      .select(['n.id', 'n.topic', 'n.severity', 'n.title', 'n.body', 'n.link', 'n.created_at', 'd.read_at'])
      .select(sql<string>`n.created_at::text`.as('created_exact'))
      .$if(after !== undefined, (query) => query.where(sql<boolean>`(n.created_at, n.id) < (${after![0]}::timestamptz, ${after![1]}::uuid)`))
      .orderBy('n.created_at', 'desc')
      .orderBy('n.id', 'desc')
      .limit(limit)
      .execute(),

  async unread(db: Db, userId: number): Promise<number> {
    const { count } = await mine(db, userId)
      .where('d.read_at', 'is', null)
      .select(sql<number>`count(*)::int`.as('count'))
      .executeTakeFirstOrThrow();
    return count;
  },

  async read(db: Db, userId: number, ids: readonly string[] | undefined): Promise<void> {
    const some = ids === undefined ? sql`true` : sql`d.notification_id = any(${[...ids]}::uuid[])`;
    await sql`update notification_deliveries d set read_at = now() from alert_channels c
      where c.id = d.channel_id and c.user_id = ${userId} and c.kind = 'dashboard' and d.read_at is null and ${some}`.execute(db);
  },
};
export type BellRepository = typeof bellRepository;
