import { sql } from 'kysely';
import type { Database } from '#db';

/**
 * The text of a token row. In the row that stands for a whole run, `marks` says how far each of its numbers reached; once the answer
 * is stored it has no text of its own, only where in the answer its text stands.
 */
export interface StoredTokens {
  text?: string;
  /** The beginning of its text in the answer. */
  from?: number;
  /** `[number, end of its text]`, rising; absent for a row that is one event. */
  marks?: [seq: number, end: number][];
}

type Run = { text: string; marks: [seq: number, end: number][] };

export interface EventRow {
  seq: number;
  event: string;
  data: unknown;
}

export interface Compaction {
  /** Numbers whose rows go. */
  remove: number[];
  /** Rows that stay, with the text of their run. */
  keep: { seq: number; data: StoredTokens }[];
}

/** What a reader who has everything up to number `after` still lacks of a token row's text. */
export const restOfRun = ({ text: own, from, marks }: StoredTokens, after: number, answer = ''): string => {
  const text = own ?? answer.slice(from, from! + (marks?.at(-1)?.[1] ?? 0));
  const reached = marks?.findLast(([seq]) => seq <= after);
  return reached ? text.slice(reached[1]) : text;
};

/**
 * Whether the rows' texts, joined, are the answer that was stored: only then may they go. An answer that another worker left
 * unfinished, or a runtime's own last words, may differ.
 */
const isStored = (runs: readonly Run[], answer: string | null): boolean => answer !== null && runs.map(({ text }) => text).join('') === answer;

/**
 * Makes one row of each run of token rows, at the run's last number. A reader may stand at any number and still get
 * every character once; the text itself goes, as far as `answer` has it (S6). Tokens of attempts before the last go: `started` tells readers to discard them.
 */
export const compactTokens = (rows: readonly EventRow[], answer: string | null = null): Compaction => {
  const lastAttempt = rows.findLast(({ event }) => event === 'started')?.seq ?? 0;
  const remove: number[] = [];
  const runs: Run[] = [];
  let run: Run | null = null;
  for (const { seq, event, data } of rows) {
    if (event !== 'token') run = null;
    else if (seq < lastAttempt) remove.push(seq);
    else {
      if (!run) runs.push((run = { text: '', marks: [] }));
      run.text += (data as StoredTokens).text;
      run.marks.push([seq, run.text.length]);
    }
  }
  const keep: Compaction['keep'] = [];
  const goes = isStored(runs, answer);
  let from = 0;
  for (const { text, marks } of runs) {
    const numbers = marks.map(([seq]) => seq);
    remove.push(...numbers.slice(0, -1));
    if (goes || numbers.length > 1) keep.push({ seq: numbers.at(-1)!, data: goes ? { from, marks } : { text, marks } });
    from += text.length;
  }
  return { remove, keep };
};

/** Compacts the events of a job that is final; doing it again changes nothing. */
export const compactJobEvents = ({ inTransaction }: Pick<Database, 'inTransaction'>, jobId: string): Promise<void> =>
  inTransaction(async (tx) => {
    const job = await tx.selectFrom('llm_jobs').select(['finished_at', 'events_compacted', 'response']).where('id', '=', jobId).forUpdate().executeTakeFirst();
    if (!job?.finished_at || job.events_compacted) return;
    const rows = await tx.selectFrom('llm_job_events').select(['seq', 'event', 'data']).where('job_id', '=', jobId).orderBy('seq').execute();
    const { remove, keep } = compactTokens(rows, job.response);
    if (remove.length > 0) await sql`delete from llm_job_events where job_id = ${jobId} and seq = any(${remove}::int[])`.execute(tx);
    for (const { seq, data } of keep) {
      await tx
        .updateTable('llm_job_events')
        .set({ data: JSON.stringify(data) })
        .where('job_id', '=', jobId)
        .where('seq', '=', seq)
        .execute();
    }
    await tx.updateTable('llm_jobs').set({ events_compacted: true }).where('id', '=', jobId).execute();
  });
