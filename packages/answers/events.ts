import { sql } from 'kysely';
import type { Citation, JobEventData } from '#contracts';
import type { Db } from '#db';
import { restOfRun, type StoredTokens } from './token-runs.ts';

/** An event as the rows keep it. What `done` and `cancelled` show, the finished message, is read when they are sent. */
export type JobEvent =
  | { event: 'ticket'; data: JobEventData<'ticket'> }
  | { event: 'started'; data: JobEventData<'started'> }
  | { event: 'retrieved'; data: JobEventData<'retrieved'> }
  | { event: 'progress'; data: JobEventData<'progress'> }
  | { event: 'token'; data: { text: string } }
  | { event: 'citation'; data: { citation: Citation | null; start: number; end: number; unsupported: boolean; doubtfulNumbers?: [number, number][] } }
  | { event: 'failed'; data: JobEventData<'failed'> }
  | { event: 'done' | 'cancelled'; data: Record<string, never> };

export type NumberedEvent = JobEvent & { seq: number };

/**
 * Writes events under the numbers that they carry. Writing the same numbers again changes nothing, so that a writer may
 * repeat itself when it does not know whether Postgres took them.
 */
export const insertEvents = async (db: Db, jobId: string, events: readonly NumberedEvent[]): Promise<void> => {
  if (events.length === 0) return;
  await db
    .insertInto('llm_job_events')
    .values(events.map(({ seq, event, data }) => ({ job_id: jobId, seq, event, data: JSON.stringify(data) })))
    .onConflict((conflict) => conflict.columns(['job_id', 'seq']).doNothing())
    .execute();
};

const READ_LIMIT = 500;

/** Up to 500 events after number `after`, in order; of a run of tokens that `after` lies within, what comes after it. */
export const readEvents = async (db: Db, jobId: string, after: number): Promise<NumberedEvent[]> => {
  const rows = await db
    .selectFrom('llm_job_events')
    .select(['seq', 'event', 'data'])
    .where('job_id', '=', jobId)
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(READ_LIMIT)
    .execute();
  // Of a finished answer the words stand in the answer alone; the rows say which of them each event had.
  const isKept = rows.some(({ event, data }) => event === 'token' && (data as unknown as StoredTokens).text === undefined);
  const answer = isKept ? (await db.selectFrom('llm_jobs').select('response').where('id', '=', jobId).executeTakeFirst())?.response : null;
  return rows.map(({ seq, event, data }) =>
    event === 'token'
      ? { seq, event, data: { text: restOfRun(data as unknown as StoredTokens, after, answer ?? '') } }
      : ({ seq, event, data } as unknown as NumberedEvent),
  );
};

/** What the last attempt has written so far, from its events. */
export const findTextSoFar = async (db: Db, jobId: string): Promise<string> => {
  const { rows } = await sql<{ text: string | null }>`
    select string_agg(data->>'text', '' order by seq) as text from llm_job_events
    where job_id = ${jobId} and event = 'token'
      and seq > coalesce((select max(seq) from llm_job_events where job_id = ${jobId} and event = 'started'), 0)`.execute(db);
  return rows[0]?.text ?? '';
};
