import { sql, type Selectable } from 'kysely';
import type { Db, LlmCosts } from '#db';
import { noControls, resume, type Controls, type Resumed, type SchedulerState, type Standing } from '#scheduler';
import type { Costs } from './costs.ts';
import { toCosts } from './costs-row.ts';
import { lineConfig, toSchedulerConfig, type LineConfig } from './line-config.ts';
import { toJob, userKey, type KnownCosts, type LineRow } from './line-job.ts';
import { toSliceJob, type SliceColumns } from './slice-job.ts';

interface JobColumns {
  id: number;
  job_id: string;
  user_id: number | null;
  priority: number;
  hand_rank: number | null;
  kind: string;
  model: string | null;
  conversation_id: string | null;
  letters: number;
  max_tokens: number | null;
  created_ms: number;
  begin_by_ms: number | null;
  started_ms: number | null;
  charged_ms: number | null;
}

const fromColumns = (row: JobColumns): LineRow => ({
  id: row.id,
  jobId: row.job_id,
  userId: row.user_id,
  priority: row.priority,
  handRank: row.hand_rank,
  kind: row.kind,
  model: row.model,
  conversationId: row.conversation_id,
  letters: row.letters,
  maxTokens: row.max_tokens,
  createdAt: row.created_ms,
  beginBy: row.begin_by_ms,
  startedAt: row.started_ms,
  chargedMs: row.charged_ms,
});

const ms = (column: string) => sql`(extract(epoch from ${sql.ref(column)}) * 1000)::float8`;

const jobsInLine = sql<JobColumns>`
  select q.id, q.job_id, j.user_id, q.priority, q.hand_rank, j.kind, nullif(j.params->>'model', '') as model, j.conversation_id,
    (case j.kind when 'completion' then length(j.params->>'messages') else length(j.prompt) end) as letters, (j.params->>'maxTokens')::int as max_tokens,
    ${ms('j.created_at')} as created_ms, ${ms('q.begin_by')} as begin_by_ms, ${ms('q.started_at')} as started_ms, q.charged_ms
  from llm_queue q join llm_jobs j on j.id = q.job_id where j.finished_at is null order by q.id`;

const slicesInLine = sql<SliceColumns>`
  select id, user_id, class, estimate_ms, ${ms('created_at')} as created_ms, ${ms('started_at')} as started_ms from llm_slices order by id`;

/** What answers have cost everybody, and those who are in line. */
const costsNow = sql<Selectable<LlmCosts>>`
  select * from llm_costs where user_id = 0 or user_id in (select j.user_id from llm_queue q join llm_jobs j on j.id = q.job_id) order by updated_at`;

const knownCosts = (rows: readonly Selectable<LlmCosts>[]): KnownCosts => {
  const known = new Map<string, Costs>();
  for (const row of rows) {
    const costs = toCosts(row);
    known.set(`${row.model} ${row.kind} ${row.user_id}`, costs);
    // The newest of this kind stands for a model that has answered nothing yet.
    if (row.user_id === 0) known.set(`* ${row.kind} 0`, costs);
  }
  return { find: (model, kind, userId) => known.get(`${model} ${kind} ${userId}`) ?? (userId === 0 ? known.get(`* ${kind} 0`) : undefined) ?? null };
};

/** Everything that decisions and tickets depend on, from the rows. */
export interface LineNow {
  version: number;
  /** An administrator holds the line: nothing new is begun. */
  paused: boolean;
  config: LineConfig;
  costs: KnownCosts;
  /** Logarithms of waited / estimated, by bucket. */
  ratios: Record<string, number[]>;
  rows: Map<string, LineRow>;
  state: SchedulerState;
}

interface LineColumns {
  version: number;
  standing: Standing | null;
  config: unknown;
  paused: boolean;
  weights: { user_id: number; weight: number }[];
  costs: Selectable<LlmCosts>[];
  ratios: Record<string, number[]>;
  jobs: JobColumns[];
  slices: SliceColumns[];
}

/**
 * The line made from its rows alone, in one statement: for a ticket, after a start, when another worker decided, or when memory
 * was lost.
 */
export const readLine = async (db: Db, now: number): Promise<LineNow> => {
  const { rows } = await sql<LineColumns>`
    select s.version, s.standing, s.config, (select paused_at is not null from llm_line) as paused,
      (select coalesce(json_agg(json_build_object('user_id', user_id, 'weight', weight)), '[]') from llm_weights) as weights,
      (select coalesce(json_agg(c), '[]') from (${costsNow}) c) as costs,
      (select coalesce(json_object_agg(bucket, ratios), '{}') from llm_calibration) as ratios,
      (select coalesce(json_agg(j), '[]') from (${jobsInLine}) j) as jobs,
      (select coalesce(json_agg(c), '[]') from (${slicesInLine}) c) as slices
    from llm_scheduler s`.execute(db);
  const found = rows[0]!;
  const config = lineConfig.parse(found.config ?? {});
  const costs = knownCosts(found.costs);
  const controls: Controls = { ...noControls, weights: new Map(found.weights.map(({ user_id, weight }) => [userKey(user_id), weight])) };
  const jobs = found.jobs.map(fromColumns);
  const waiting: Resumed['waiting'][number][] = jobs
    .filter(({ startedAt }) => startedAt === null)
    .map((row) => ({ job: toJob(row, config, costs), deadline: row.beginBy }));
  const running = jobs.flatMap((row) => (row.startedAt === null ? [] : [{ job: toJob(row, config, costs), startedAt: row.startedAt }]));
  for (const slice of found.slices) {
    const job = toSliceJob(slice);
    if (slice.started_ms !== null) running.push({ job, startedAt: slice.started_ms });
    // Nothing was promised to whom nobody waits for: its class's floor sees to it that it comes.
    else waiting.push({ job, deadline: Infinity });
  }
  const state = resume(toSchedulerConfig(config), controls, found.standing, { waiting, running }, now);
  // Before the first decision the model that answers is taken to be there: it is loaded at the start.
  if (!found.standing) state.loaded = config.defaultModel ?? '';
  return { version: found.version, paused: found.paused, config, costs, ratios: found.ratios, rows: new Map(jobs.map((row) => [row.jobId, row])), state };
};
