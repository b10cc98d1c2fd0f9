import { sql } from 'kysely';
import { defineCheck } from '../types.ts';

/** The queue's own sweep takes such a job over within seconds; what is left after this long is stuck. */
const LEASE_GRACE_S = 60;
const STILL_S = 10 * 60;

/** A lease whose holder is gone keeps its job from ever finishing. */
export const stuckLease = defineCheck({
  id: 'queue.stuck_lease',
  everyMs: 15_000,
  after: 2,
  async look({ database }) {
    const { rows } = await sql<{ id: string; holder: string | null; s: number }>`
      select id, lease_holder as holder, extract(epoch from now() - lease_expires_at)::int as s from llm_jobs
      where status = 'processing' and lease_expires_at < now() - make_interval(secs => ${LEASE_GRACE_S}) limit 20`.execute(database.db);
    return rows.map(({ id, holder, s }) => ({
      subject: id,
      severity: 'WARNING' as const,
      description: `A question has been held for ${s} s by a worker that is gone.`,
      evidence: { jobId: id, holder, seconds: s },
    }));
  },
});

/** Questions wait, none is being answered, and none was for ten minutes. */
export const queueProgress = defineCheck({
  id: 'queue.no_progress',
  everyMs: 60_000,
  after: 3,
  async look({ database, held }) {
    if ((await held()).has('model-runtime')) return { skipped: 'The model runtime was stopped by a person.' };
    const line = await database.db.selectFrom('llm_line').select('paused_at').executeTakeFirst();
    if (line?.paused_at) return { skipped: 'The line was paused by a person.' };
    const { rows } = await sql<{ waiting: number; oldest: number | null; working: number; finished: number }>`
      select count(*) filter (where status = 'pending')::int as waiting,
        extract(epoch from now() - min(created_at) filter (where status = 'pending'))::int as oldest,
        count(*) filter (where status = 'processing')::int as working,
        count(*) filter (where finished_at > now() - make_interval(secs => ${STILL_S}))::int as finished
      from llm_jobs where status in ('pending', 'processing') or finished_at > now() - make_interval(secs => ${STILL_S})`.execute(database.db);
    const { waiting, oldest, working, finished } = rows[0]!;
    if (waiting === 0 || working > 0 || finished > 0 || (oldest ?? 0) < STILL_S) return [];
    return [
      {
        subject: 'llm-queue',
        severity: 'CRITICAL' as const,
        description: `${waiting} question${waiting === 1 ? '' : 's'} wait, the oldest for ${Math.round((oldest ?? 0) / 60)} minutes, and none is being answered.`,
        evidence: { waiting, oldestS: oldest },
      },
    ];
  },
});
