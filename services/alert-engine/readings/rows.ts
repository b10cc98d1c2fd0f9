import { sql } from 'kysely';
import type { SignalName } from '#contracts';
import type { Db } from '#db';
import type { Read } from './read.ts';

const always = ['queue.waiting', 'queue.oldest', 'index.failed', 'index.oldest', 'healing.issue'] as const satisfies readonly SignalName[];

/** The line, the index, what self-healing gave up on, and the last backup that was proven; without a target nothing is said of backups. */
export const readRows = async (db: Db, read: Read): Promise<void> => {
  const { rows } = await sql<{ signal: SignalName; device: string; value: number }>`
    select 'queue.waiting' as signal, '' as device, count(*)::float8 as value from llm_jobs where status = 'pending'
    union all select 'queue.oldest', '', greatest(0, coalesce(extract(epoch from now() - min(created_at)), 0))::float8 from llm_jobs where status = 'pending'
    union all select 'index.failed', '', count(*)::float8 from documents where status = 'failed' and deleted_at is null
    union all select 'index.oldest', '', greatest(0, coalesce(extract(epoch from now() - min(created_at)), 0))::float8 from documents
      where status = 'pending' and deleted_at is null
    union all select 'backup.age', '', greatest(0, extract(epoch from now() - coalesce(g.taken_at, t.since)) / 3600)::float8
      from (select min(created_at) as since from backup_targets having count(*) > 0) t left join last_good_backup g on true
    union all select 'healing.issue', check_id || case when subject = '' then '' else ' ' || subject end,
      case severity when 'CRITICAL' then 2 when 'WARNING' then 1 else 0 end::float8
      from healing_issues where closed_at is null and status = 'escalated'`.execute(db);
  for (const { signal, device, value } of rows) read.set(signal, [...(read.get(signal) ?? []), { device, value }]);
  for (const signal of always) if (!read.has(signal)) read.set(signal, []);
};
