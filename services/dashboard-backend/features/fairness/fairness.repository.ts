import { sql } from 'kysely';
import type { Db, Tx } from '#db';

export interface ScoreRow {
  grp: string;
  predictions: number;
  median_error: number | null;
  coverage: number | null;
  median_waited: number | null;
  worst_broken: number;
}

export interface PersonRow {
  uid: string | null;
  username: string | null;
  weight: number;
  used_ms: number;
  load_ms: number;
  jobs: number;
  median_waited: number;
  longest_waited: number;
}

/** Statements on what tickets foretold and on who got how much. */
export const fairnessRepository = {
  /** Scores of the predictions that came due: of all ('all'), by bucket ('bucket:...') and by model ('model:...'). */
  async scores(db: Db, days: number): Promise<ScoreRow[]> {
    return (
      await sql<ScoreRow>`
        with due as (
          select bucket, coalesce(model, '') as model, waited_ms, eta_ms, eta_p90_ms, worst_ms from llm_predictions
          where waited_ms is not null and finished_at > now() - make_interval(days => ${days}))
        select case when grouping(bucket) = 0 then 'bucket:' || bucket when grouping(model) = 0 then 'model:' || model else 'all' end as grp,
          count(*)::int as predictions,
          percentile_cont(0.5) within group (order by abs(eta_ms - waited_ms)::float8 / greatest(waited_ms, 1)) as median_error,
          avg((waited_ms <= eta_p90_ms)::int)::float8 as coverage,
          percentile_cont(0.5) within group (order by waited_ms::float8) as median_waited,
          count(*) filter (where worst_ms is not null and waited_ms > worst_ms)::int as worst_broken
        from due group by grouping sets ((), (bucket), (model)) order by 2 desc`.execute(db)
    ).rows;
  },

  /** Who used the accelerator in the span. */
  async people(db: Db, days: number): Promise<PersonRow[]> {
    return (
      await sql<PersonRow>`
        select u.uid, u.username, coalesce(w.weight, 1) as weight, sum(g.used_ms)::float8 as used_ms, sum(g.load_ms)::float8 as load_ms, count(g.job_id)::int as jobs,
          percentile_cont(0.5) within group (order by g.waited_ms) as median_waited, max(g.waited_ms) as longest_waited
        from llm_usage g left join admin_users u on u.id = g.user_id left join llm_weights w on w.user_id = u.id
        where g.ended_at > now() - make_interval(days => ${days})
        group by u.id, w.weight order by used_ms desc limit 500`.execute(db)
    ).rows;
  },

  /** Sets a weight; undefined when there is no such account. What was decided before stays. */
  async setWeight(tx: Tx, uid: string, weight: number, by: string): Promise<{ username: string } | undefined> {
    const user = await tx.selectFrom('admin_users').select(['id', 'username']).where('uid', '=', uid).executeTakeFirst();
    if (!user) return undefined;
    const values = { weight, updated_by: by, updated_at: sql<Date>`now()` };
    await tx
      .insertInto('llm_weights')
      .values({ user_id: user.id, ...values })
      .onConflict((conflict) => conflict.column('user_id').doUpdateSet(values))
      .execute();
    return user;
  },
};
export type FairnessRepository = typeof fairnessRepository;
