import { sql } from 'kysely';
import type { Db } from '#db';

interface Keyset {
  after?: [string, string];
  limit: number;
}

/** Statements that pages read; what self-healing writes is its own. */
export const healingRepository = {
  listIssues: (db: Db, { open }: { open?: boolean }, { after, limit }: Keyset) =>
    db
      .selectFrom('healing_issues')
      .selectAll()
      .select(sql<string>`raised_at::text`.as('at_exact'))
      .$if(open !== undefined, (query) => query.where('closed_at', open ? 'is' : 'is not', null))
      .$if(after !== undefined, (query) => query.where(sql<boolean>`(raised_at, id) < (${after?.[0]}::timestamptz, ${after?.[1]}::uuid)`))
      .orderBy('raised_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
      .execute(),

  listRepairs: (db: Db, { after, limit }: Keyset) =>
    db
      .selectFrom('healing_repairs')
      .selectAll()
      .select(sql<string>`created_at::text`.as('at_exact'))
      .$if(after !== undefined, (query) => query.where(sql<boolean>`(created_at, id) < (${after?.[0]}::timestamptz, ${after?.[1]}::uuid)`))
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
      .execute(),

  listEvents: (db: Db, { after, limit }: { after?: number; limit: number }) =>
    db
      .selectFrom('self_healing_events')
      .selectAll()
      .$if(after !== undefined, (query) => query.where('id', '<', after!))
      .orderBy('id', 'desc')
      .limit(limit)
      .execute(),

  listDrills: (db: Db, { after, limit }: Keyset) =>
    db
      .selectFrom('fault_drills')
      .selectAll()
      .select(sql<string>`requested_at::text`.as('at_exact'))
      .$if(after !== undefined, (query) => query.where(sql<boolean>`(requested_at, id) < (${after?.[0]}::timestamptz, ${after?.[1]}::uuid)`))
      .orderBy('requested_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
      .execute(),

  listDrillSteps: (db: Db, drillIds: readonly string[]) =>
    drillIds.length === 0 ? Promise.resolve([]) : db.selectFrom('fault_drill_steps').selectAll().where('drill_id', 'in', drillIds).orderBy('n').execute(),

  findIssue: (db: Db, id: string) => db.selectFrom('healing_issues').selectAll().where('id', '=', id).executeTakeFirst(),
  repairsOf: (db: Db, issueId: string) => db.selectFrom('healing_repairs').selectAll().where('issue_id', '=', issueId).orderBy('created_at').execute(),
  eventsOf: (db: Db, issueId: string) => db.selectFrom('self_healing_events').selectAll().where('issue_id', '=', issueId).orderBy('id').execute(),
  listChecks: (db: Db) => db.selectFrom('healing_checks').selectAll().orderBy('check_id').execute(),
  listHolds: (db: Db) => db.selectFrom('service_holds').selectAll().execute(),
  listRestarts: (db: Db, limit: number) => db.selectFrom('service_restarts').selectAll().orderBy('detected_at', 'desc').limit(limit).execute(),
  listWaiting: (db: Db) => db.selectFrom('healing_repairs').selectAll().where('status', '=', 'waiting').orderBy('created_at').execute(),

  async countRecentRepairs(db: Db, windowMs: number): Promise<number> {
    const row = await db
      .selectFrom('healing_repairs')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .where('asked_by', 'is', null)
      .where('started_at', '>', sql<Date>`clock_timestamp() - make_interval(secs => ${windowMs / 1000})`)
      .executeTakeFirstOrThrow();
    return row.n;
  },
};
export type HealingRepository = typeof healingRepository;
