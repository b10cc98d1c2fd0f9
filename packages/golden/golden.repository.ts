import { sql } from 'kysely';
import type { GoldenTrigger } from '#contracts';
import type { Db, Tx } from '#db';
import type { Measured, Summary } from './measure.ts';

/** A year of nightly runs and what comes on top. */
const KEPT_RUNS = 1_000;

export interface DueQuestion {
  readonly id: string;
  readonly question: string;
  readonly page: number | null;
  /** On whose behalf it is asked: who keeps the question; null when that account is gone. */
  readonly userId: number | null;
  /** The document, and the one that holds its passages when it is only a link to that. */
  readonly documentIds: readonly string[];
}

export const goldenRepository = {
  /** Questions that can be asked: their document is there and has been read. */
  listDue: async (db: Db, workspaceId: string): Promise<DueQuestion[]> => {
    const rows = await db
      .selectFrom('golden_questions as q')
      .innerJoin('documents as d', 'd.id', 'q.document_id')
      .select(['q.id', 'q.question', 'q.page', 'q.created_by', 'd.id as document_id', 'd.duplicate_of'])
      .where('q.workspace_id', '=', workspaceId)
      .where('d.deleted_at', 'is', null)
      .where('d.status', 'in', ['indexing', 'indexed'])
      .orderBy('q.id')
      .execute();
    return rows.map((row) => ({
      id: row.id,
      question: row.question,
      page: row.page,
      userId: row.created_by,
      documentIds: [row.document_id, row.duplicate_of].filter((id) => id !== null),
    }));
  },

  /** Stores a run with its results; the oldest runs beyond a thousand go. */
  insertRun: async (
    tx: Tx,
    run: Summary & { workspaceId: string; trigger: GoldenTrigger; embedModel: string | null; degraded: boolean; tookMs: number; measured: readonly Measured[] },
  ): Promise<string> => {
    const { id } = await tx
      .insertInto('golden_runs')
      .values({
        workspace_id: run.workspaceId,
        trigger: run.trigger,
        embed_model: run.embedModel,
        questions: run.questions,
        found_at_5: run.foundAt5,
        found_at_10: run.foundAt10,
        mean_reciprocal_rank: run.meanReciprocalRank,
        degraded: run.degraded,
        took_ms: Math.round(run.tookMs),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const { measured } = run;
    // A question that was deleted while the run went on has no result.
    await sql`
      insert into golden_results (run_id, question_id, rank, first_document_id, first_page)
      select ${id}, q.id, r.rank, d.id, r.first_page
      from unnest(${measured.map((one) => one.questionId)}::uuid[], ${measured.map((one) => one.rank)}::integer[],
        ${measured.map((one) => one.first?.documentId ?? null)}::uuid[], ${measured.map((one) => one.first?.page ?? null)}::integer[])
        as r(id, rank, first_document_id, first_page)
      join golden_questions q on q.id = r.id
      left join documents d on d.id = r.first_document_id`.execute(tx);
    await sql`
      delete from golden_runs where workspace_id = ${run.workspaceId}
        and id in (select id from golden_runs where workspace_id = ${run.workspaceId} order by id desc offset ${KEPT_RUNS})`.execute(tx);
    return id;
  },

  /** The embedding model of the newest run; null before the first, or when only words were compared. */
  findLastModel: async (db: Db, workspaceId: string): Promise<string | null> => {
    const row = await db
      .selectFrom('golden_runs')
      .select('embed_model')
      .where('workspace_id', '=', workspaceId)
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row?.embed_model ?? null;
  },
};
