import { sql } from 'kysely';
import type { Ticket } from '#contracts';
import type { Db } from '#db';
import { forecast, type SchedulerState } from '#scheduler';
import { bucketOf, correct, type Bucket } from './calibration.ts';
import { predictedOf } from './line-job.ts';
import { readLine, type LineNow } from './read-line.ts';

/** A ticket with what it was made from. */
export interface Told {
  jobId: string;
  place: number;
  switches: number;
  bucket: Bucket;
  /** Null while nothing was measured. */
  rawMs: number | null;
  etaMs: number | null;
  p90Ms: number | null;
  worstMs: number | null;
  /** An administrator holds the line, and nobody can say when. */
  paused: boolean;
}

/** What the running jobs still need, until the first of them is done. */
const leftMs = ({ running, config }: SchedulerState, now: number): number => {
  if (running.size < config.slots) return 0;
  return Math.min(...[...running.values()].map(({ job, startedAt }) => Math.max(0, job.estimateMs - (now - startedAt))));
};

/** Tickets of those in line, in order; of the first `most` exactly, of the rest about. */
export const ticketsOf = ({ state, rows, config, costs, ratios, paused }: LineNow, now: number, most: number): Told[] => {
  const isFree = state.running.size === 0;
  const told: Told[] = [];
  for (const { job, startsInMs, switches } of forecast(state, now, { leftMs: leftMs(state, now), most })) {
    const row = rows.get(job.id);
    if (!row) continue; // a slice is nobody's ticket
    const place = told.length + 1;
    const predicted = predictedOf(row, config, costs);
    const bucket = bucketOf({ place, switches, isFree: isFree && place === 1 });
    const rawMs = predicted === null || paused ? null : Math.round(startsInMs + predicted.firstMs);
    const corrected = rawMs === null ? null : correct(rawMs, ratios[bucket] ?? []);
    const deadline = state.jobs.get(job.id)?.deadline;
    told.push({
      jobId: job.id,
      place,
      switches,
      bucket,
      rawMs,
      etaMs: corrected?.etaMs ?? null,
      p90Ms: corrected?.p90Ms ?? null,
      paused,
      worstMs: deadline === undefined || paused ? null : Math.max(0, Math.round(deadline - now)),
    });
  }
  return told;
};

/** The longest line whose order is worked out while somebody waits for the answer to a submission (about 3 ms). */
const EXACT_UP_TO = 200;

/** The place that a fair order among equals gives, and the pace of those whose tickets are told: as many of each other person's jobs go first as one has oneself. */
const roughTicket = async (db: Db, jobId: string): Promise<Told | null> => {
  const { rows } = await sql<{ place: number; eta_per_place: number | null; p90_per_place: number | null; paused: boolean }>`
    with me as (select q.id, j.user_id from llm_queue q join llm_jobs j on j.id = q.job_id where q.job_id = ${jobId}),
      line as (select j.user_id, count(*) as jobs, count(*) filter (where q.id < (select id from me)) as earlier
        from llm_queue q join llm_jobs j on j.id = q.job_id where q.started_at is null group by j.user_id),
      mine as (select earlier from line where user_id is not distinct from (select user_id from me)),
      pace as (select avg(eta_ms::float8 / place) as eta, avg(eta_p90_ms::float8 / place) as p90 from (select eta_ms, eta_p90_ms, place from llm_queue where place > 10 limit 100) told)
    select (1 + (select earlier from mine)
        + coalesce((select sum(least(jobs, (select earlier from mine) + 1)) from line where user_id is distinct from (select user_id from me)), 0))::int as place,
      pace.eta as eta_per_place, pace.p90 as p90_per_place, (select paused_at is not null from llm_line) as paused from pace`.execute(db);
  const found = rows[0];
  if (!found) return null;
  const { place, eta_per_place: eta, p90_per_place: p90 } = found;
  const times =
    eta === null || p90 === null ? { rawMs: null, etaMs: null, p90Ms: null } : { rawMs: null, etaMs: Math.round(eta * place), p90Ms: Math.round(p90 * place) };
  return { jobId, place, switches: 0, bucket: 'many', worstMs: null, paused: found.paused, ...times };
};

/** The ticket of a job that was just put in line: exact while the line is short; else about, and exact within a moment. Null when it is not in line. */
export const firstTicket = async (db: Db, jobId: string, now: number): Promise<Told | null> => {
  const { rows } = await sql<{
    waiting: number;
  }>`select count(*) as waiting from (select from llm_queue where started_at is null limit ${EXACT_UP_TO + 1}) line`.execute(db);
  if (rows[0]!.waiting > EXACT_UP_TO) return roughTicket(db, jobId);
  return ticketsOf(await readLine(db, now), now, EXACT_UP_TO).find((one) => one.jobId === jobId) ?? null;
};

/** Writes tickets beside the jobs that still wait. */
export const storeTickets = async (db: Db, tickets: readonly Told[]): Promise<void> => {
  if (tickets.length === 0) return;
  const column = <Field extends keyof Told>(field: Field) => tickets.map((one) => one[field]);
  await sql`
    update llm_queue q set place = t.place, switches = t.switches, eta_ms = t.eta, eta_p90_ms = t.p90, worst_ms = t.worst, told_at = clock_timestamp(),
      begin_by = coalesce(q.begin_by, clock_timestamp() + make_interval(secs => t.worst / 1000.0))
    from unnest(${column('jobId')}::uuid[], ${column('place')}::int[], ${column('switches')}::int[], ${column('etaMs')}::bigint[], ${column('p90Ms')}::bigint[], ${column('worstMs')}::bigint[])
      as t(id, place, switches, eta, p90, worst)
    where q.job_id = t.id and q.started_at is null`.execute(db);
};

/** Keeps what the first ticket said, to be compared with what happens. */
export const storePrediction = async (db: Db, { jobId, bucket, place, switches, rawMs, etaMs, p90Ms, worstMs }: Told): Promise<void> => {
  if (rawMs === null || etaMs === null || p90Ms === null) return;
  await db
    .insertInto('llm_predictions')
    .values({ job_id: jobId, bucket, place, switches, raw_ms: rawMs, eta_ms: etaMs, eta_p90_ms: p90Ms, worst_ms: worstMs })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
};

export const toTicket = ({ place, etaMs, p90Ms, switches, worstMs, paused }: Told): Ticket => ({
  position: place,
  etaMs,
  etaP90Ms: p90Ms,
  ...(switches > 0 ? { switches } : {}),
  ...(worstMs === null ? {} : { worstMs }),
  ...(paused ? { paused } : {}),
});
