import { sql } from 'kysely';
import { defineCheck } from '../types.ts';

const SILENT_S = 120;

/** A GPU that was there at the start and is not measured any more has fallen off its bus. */
export const gpuLost = defineCheck({
  id: 'gpu.lost',
  everyMs: 30_000,
  after: 3,
  async look({ database }) {
    const { rows } = await sql<{ device: string; s: number; others: boolean }>`
      select device, extract(epoch from now() - max("timestamp"))::int as s,
        exists (select 1 from metrics_cpu where "timestamp" > now() - make_interval(secs => 30)) as others
      from metrics_gpu where "timestamp" > now() - interval '1 hour' group by device`.execute(database.db);
    if (rows.length === 0) return { skipped: 'This machine has no GPU that is measured.' };
    // Nothing at all is measured: that is the collector's trouble, not the GPU's.
    return rows
      .filter(({ s, others }) => others && s > SILENT_S)
      .map(({ device, s }) => ({
        subject: device,
        severity: 'CRITICAL' as const,
        description: `The GPU ${device} has not answered for ${s} s.`,
        evidence: { device, seconds: s },
      }));
  },
});

/** Answers that failed for want of the accelerator's memory. */
export const gpuOutOfMemory = defineCheck({
  id: 'gpu.out_of_memory',
  everyMs: 60_000,
  async look({ database }) {
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from llm_jobs where finished_at > now() - interval '10 minutes' and status = 'failed'
        and error ~* '(out of memory|failed to allocate|cudaMalloc)'`.execute(database.db);
    const count = rows[0]?.n ?? 0;
    if (count < 2) return [];
    return [
      {
        subject: 'model-runtime',
        severity: 'WARNING' as const,
        description: `${count} answers failed within 10 minutes because the accelerator's memory was full.`,
        evidence: { count },
      },
    ];
  },
});
