import { sql } from 'kysely';
import { lineKey } from '#answers';
import type { Db, Tx } from '#db';

/** A job in line as the rows have it, with its place: 0 runs, 1 is next. */
export interface LineRow {
  job_id: string;
  status: string;
  kind: string;
  username: string | null;
  user_id: number | null;
  model: string | null;
  attempts: number;
  by_hand: boolean;
  created_at: Date;
  started_at: Date | null;
  running_ms: number | null;
  position: number;
  /** What its ticket said last, and how long ago; null while it was not told yet. */
  eta_ms: number | null;
  eta_p90_ms: number | null;
  told_ms_ago: number | null;
}

interface Sums {
  waiting: number;
  running: number;
  answered: number;
  used_ms: number;
}

const inLine = sql<LineRow>`
  select j.id as job_id, j.status, j.kind, u.username, j.user_id, j.params->>'model' as model, j.attempts, q.hand_rank is not null as by_hand, j.created_at,
    j.started_at, (extract(epoch from clock_timestamp() - q.started_at) * 1000)::float8 as running_ms,
    q.eta_ms, q.eta_p90_ms, (extract(epoch from clock_timestamp() - q.told_at) * 1000)::float8 as told_ms_ago,
    case when q.started_at is null then row_number() over (partition by q.started_at is null order by ${lineKey('q')})::int else 0 end as position
  from llm_queue q join llm_jobs j on j.id = q.job_id left join admin_users u on u.id = j.user_id`;

/** Jobs of the last day by what they have in common; the time at the accelerator is from the first claim to the end. */
const sums = sql`
  count(*) filter (where j.status = 'pending')::int as waiting,
  count(*) filter (where j.status = 'processing')::int as running,
  count(*) filter (where j.status = 'completed')::int as answered,
  coalesce(sum(extract(epoch from coalesce(j.finished_at, clock_timestamp()) - j.started_at) * 1000), 0)::float8 as used_ms`;
const recent = sql`(j.finished_at is null or j.finished_at > now() - interval '24 hours')`;

/** Statements on the line as a whole. */
export const queueRepository = {
  async running(db: Db): Promise<LineRow[]> {
    return (await sql<LineRow>`select * from (${inLine}) line where position = 0 order by started_at`.execute(db)).rows;
  },

  /** What waits, in order, after a place; of one person or of all. */
  async waiting(db: Db, { userId, after, limit }: { userId?: number; after: number; limit: number }): Promise<LineRow[]> {
    const own = userId === undefined ? sql`true` : sql`user_id = ${userId}`;
    return (await sql<LineRow>`select * from (${inLine}) line where position > ${after} and ${own} order by position limit ${limit}`.execute(db)).rows;
  },

  async line(db: Db) {
    return db.selectFrom('llm_line').selectAll().executeTakeFirstOrThrow();
  },

  /** Locks the line's one row: whoever changes its order does so alone. */
  lockLine: (tx: Tx) => tx.selectFrom('llm_line').selectAll().forUpdate().executeTakeFirstOrThrow(),

  setPaused: (tx: Tx, paused: { by: string; reason: string | null } | null) =>
    tx
      .updateTable('llm_line')
      .set(paused ? { paused_at: sql`now()`, paused_by: paused.by, pause_reason: paused.reason } : { paused_at: null, paused_by: null, pause_reason: null })
      .execute(),

  /** Gives what waits in front of `before` (all, when null), and then the job itself, ranks by hand: that order is fixed from now on. */
  async moveBefore(tx: Tx, jobId: string, before: string | null): Promise<void> {
    await sql`
      with line as (
        select q.id, q.job_id, row_number() over (order by ${lineKey('q')}) as place from llm_queue q where q.started_at is null and q.job_id <> ${jobId}),
      stop as (select coalesce((select place from line where job_id = ${before}), (select count(*) + 1 from line)) as place),
      ranks as (
        select id, place::int as rank from line, (select place as stop from stop) s where place < s.stop
        union all select q.id, (select place from stop)::int from llm_queue q where q.job_id = ${jobId}
        union all select q.id, line.place::int + 1 from llm_queue q join line on line.id = q.id, (select place as stop from stop) s
          where q.hand_rank is not null and line.place >= s.stop)
      update llm_queue set hand_rank = ranks.rank from ranks where ranks.id = llm_queue.id`.execute(tx);
  },

  async forgetOrder(tx: Tx): Promise<number> {
    const { numUpdatedRows } = await tx.updateTable('llm_queue').set({ hand_rank: null }).where('hand_rank', 'is not', null).executeTakeFirst();
    return Number(numUpdatedRows);
  },

  placeOf: (tx: Tx, jobId: string) => tx.selectFrom('llm_queue').select(['id', 'started_at']).where('job_id', '=', jobId).forUpdate().executeTakeFirst(),

  first: (db: Db) =>
    db
      .selectFrom('llm_queue')
      .innerJoin('llm_jobs', 'llm_jobs.id', 'llm_queue.job_id')
      .select(['llm_jobs.id', 'fence'])
      .where('llm_queue.started_at', 'is', null)
      .orderBy(lineKey('llm_queue'))
      .limit(1)
      .executeTakeFirst(),

  counts: async (db: Db, userId: number): Promise<{ waiting: number; own: number; own_limit: number | null }> =>
    (
      await sql<{ waiting: number; own: number; own_limit: number | null }>`
        select (select count(*) from llm_queue where started_at is null) as waiting,
          (select count(*) from llm_jobs where user_id = ${userId} and status = 'pending') as own,
          (select max_waiting from llm_user_limits where user_id = ${userId}) as own_limit`.execute(db)
    ).rows[0]!,

  async people(db: Db, userId?: number) {
    const own = userId === undefined ? sql`true` : sql`u.id = ${userId}`;
    return (
      await sql<Sums & { uid: string; username: string; max_waiting: number | null; all_ms: number }>`
        with used as (
          select u.uid, u.username, u.id as user_id, l.max_waiting, ${sums}
          from admin_users u left join llm_jobs j on j.user_id = u.id and ${recent} left join llm_user_limits l on l.user_id = u.id
          where true group by u.id, l.max_waiting)
        select used.*, (select sum(used_ms) from used)::float8 as all_ms from used join admin_users u on u.id = used.user_id
        where ${own} and (used.waiting + used.running + used.answered > 0 or used.max_waiting is not null or ${userId !== undefined})
        order by used_ms desc, username limit 200`.execute(db)
    ).rows;
  },

  async models(db: Db) {
    return (
      await sql<Sums & { model: string | null }>`
        select coalesce(j.model, j.params->>'model') as model, ${sums} from llm_jobs j where ${recent} group by 1 order by used_ms desc limit 50`.execute(db)
    ).rows;
  },

  async setLimit(tx: Tx, uid: string, maxWaiting: number | null, by: string): Promise<{ username: string } | undefined> {
    const user = await tx.selectFrom('admin_users').select(['id', 'username']).where('uid', '=', uid).executeTakeFirst();
    if (!user) return undefined;
    if (maxWaiting === null) await tx.deleteFrom('llm_user_limits').where('user_id', '=', user.id).execute();
    else {
      const values = { max_waiting: maxWaiting, updated_by: by, updated_at: sql<Date>`now()` };
      await tx
        .insertInto('llm_user_limits')
        .values({ user_id: user.id, ...values })
        .onConflict((conflict) => conflict.column('user_id').doUpdateSet(values))
        .execute();
    }
    return user;
  },
};
export type QueueRepository = typeof queueRepository;
