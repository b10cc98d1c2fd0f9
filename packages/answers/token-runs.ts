import { sql } from 'kysely';
import type { Database } from '#db';

/** The text of a token row. In the row that stands for a whole run, `marks` says how far each of its numbers reached. */
export interface StoredTokens {
  text: string;
  /** `[number, end of its text]`, rising; absent for a row that is one event. */
  marks?: [seq: number, end: number][];
}

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
export const restOfRun = ({ text, marks }: StoredTokens, after: number): string => {
  const reached = marks?.findLast(([seq]) => seq <= after);
  return reached ? text.slice(reached[1]) : text;
};

/**
 * Makes one row of each run of token rows, at the run's last number. A reader may stand at any number and still get
 * every character once. Tokens of attempts before the last go: `started` tells readers to discard them.
 */
export const compactTokens = (rows: readonly EventRow[]): Compaction => {
  const lastAttempt = rows.findLast(({ event }) => event === 'started')?.seq ?? 0;
  const result: Compaction = { remove: [], keep: [] };
  let run: (StoredTokens & { marks: [number, number][] }) | null = null;
  const close = () => {
    if (run && run.marks.length > 1) {
      const numbers = run.marks.map(([seq]) => seq);
      result.remove.push(...numbers.slice(0, -1));
      result.keep.push({ seq: numbers.at(-1)!, data: run });
    }
    run = null;
  };
  for (const { seq, event, data } of rows) {
    if (event !== 'token') close();
    else if (seq < lastAttempt) result.remove.push(seq);
    else {
      run ??= { text: '', marks: [] };
      run.text += (data as StoredTokens).text;
      run.marks.push([seq, run.text.length]);
    }
  }
  close();
  return result;
};

/** Compacts the events of a job that is final; doing it again changes nothing. */
export const compactJobEvents = ({ inTransaction }: Pick<Database, 'inTransaction'>, jobId: string): Promise<void> =>
  inTransaction(async (tx) => {
    const job = await tx.selectFrom('llm_jobs').select(['finished_at', 'events_compacted']).where('id', '=', jobId).forUpdate().executeTakeFirst();
    if (!job?.finished_at || job.events_compacted) return;
    const rows = await tx.selectFrom('llm_job_events').select(['seq', 'event', 'data']).where('job_id', '=', jobId).orderBy('seq').execute();
    const { remove, keep } = compactTokens(rows);
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
