import { Histogram, type Registry } from 'prom-client';
import { sql } from 'kysely';
import type { AnswerTimings } from '#contracts';
import type { Db } from '#db';

/** From a warm short answer to a queue of many on a small box. */
const BUCKETS_S = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900];
/** A transaction may commit later than the time that it wrote down. */
const OVERLAP_MS = 60_000;

const parts = {
  queued: 'queuedMs',
  retrieval: 'retrievalMs',
  switched: 'loadMs',
  prefill: 'prefillMs',
  decode: 'decodeMs',
  throttled: 'throttledMs',
  first_token: 'firstTokenMs',
  total: 'totalMs',
} as const satisfies Record<string, keyof AnswerTimings>;

/** Where the time of answers went, as histograms since this process began. They are read from the rows when somebody asks. */
export const createAnswerHistograms = ({ db, registers }: { db: Db; registers: Registry[] }) => {
  const histogram = new Histogram({
    name: 'arasul_answer_seconds',
    help: 'Where the time of answers went: waiting in line, finding passages, loading the model, reading, writing; what a hot machine added; until the first word, and in all.',
    labelNames: ['part'],
    buckets: BUCKETS_S,
    registers,
  });
  let from = Date.now();
  let seen = new Map<string, number>();

  return {
    /** Takes in what was answered since the last call. */
    async refresh(): Promise<void> {
      const { rows } = await sql<{ id: string; timings: AnswerTimings; ended: number }>`
        select u.id, j.timings, extract(epoch from u.ended_at)::float8 * 1000 as ended from llm_usage u join llm_jobs j on j.id = u.job_id
        where u.ended_at > ${new Date(from - OVERLAP_MS)} and j.timings is not null and j.created_at > ${new Date(from - 24 * 3_600_000)}`.execute(db);
      const fresh = rows.filter(({ id, ended }) => !seen.has(id) && ended > from - OVERLAP_MS);
      for (const { timings } of fresh) {
        for (const [part, field] of Object.entries(parts)) if (timings[field] !== undefined) histogram.observe({ part }, timings[field] / 1000);
      }
      seen = new Map(rows.map(({ id, ended }) => [id, ended]));
      from = Math.max(from, ...rows.map(({ ended }) => ended));
    },
  };
};
