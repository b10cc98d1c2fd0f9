import { sql } from 'kysely';
import { readableBy, type Reader } from '#access';
import type { Db, Tx } from '#db';

interface Place {
  workspaceId: string;
}

/**
 * Questions that a person may see: their own, and those whose document is open to them. Being an administrator opens nothing: a question
 * and its place in the results tell what stands in the document.
 */
const openQuestion = (reader: Reader) =>
  sql<boolean>`(q.workspace_id = ${reader.workspaceId}::uuid and (q.created_by = ${reader.userId}::integer
    or exists (select from documents expected where expected.id = q.document_id and ${readableBy(reader, 'expected')})))`;

const selectQuestions = (db: Db, reader: Reader) =>
  db
    .selectFrom('golden_questions as q')
    .where(openQuestion(reader))
    .selectAll('q')
    .select([
      sql<string>`q.created_at::text`.as('created_exact'),
      // The newest run and the one before, of those that asked this question.
      sql<{ rank: number | null }[]>`coalesce((
        select json_agg(json_build_object('rank', r.rank) order by r.run_id desc)
        from (select run_id, rank from golden_results where question_id = q.id order by run_id desc limit 2) r), '[]'::json)`.as('ranks'),
    ]);

/** Statements on golden questions and their runs. */
export const goldenQuestionsRepository = {
  list: (db: Db, reader: Reader, { q, after, limit }: { q?: string; after?: [string, string]; limit: number }) =>
    selectQuestions(db, reader)
      .$if(q !== undefined && q !== '', (query) => query.where(sql<boolean>`position(lower(${q!}) in lower(q.question || ' ' || q.filename)) > 0`))
      .$if(after !== undefined, (query) => query.where(sql<boolean>`(q.created_at, q.id) < (${after![0]}::timestamptz, ${after![1]}::uuid)`))
      .orderBy('q.created_at', 'desc')
      .orderBy('q.id', 'desc')
      .limit(limit)
      .execute(),

  find: (db: Db, reader: Reader, id: string) => selectQuestions(db, reader).where('q.id', '=', id).executeTakeFirst(),

  /** A document that the reader may read. */
  findDocument: (db: Db, reader: Reader, id: string) =>
    db
      .selectFrom('documents')
      .select(['id', 'filename', 'page_count'])
      .where('id', '=', id)
      .where(readableBy(reader))
      .where('deleted_at', 'is', null)
      .executeTakeFirst(),

  async insert(
    tx: Tx,
    { workspaceId }: Place,
    values: { question: string; documentId: string; filename: string; page: number | null; note: string; source: 'admin' | 'feedback'; createdBy: number },
  ): Promise<string> {
    const { id } = await tx
      .insertInto('golden_questions')
      .values({
        workspace_id: workspaceId,
        question: values.question,
        document_id: values.documentId,
        filename: values.filename,
        page: values.page,
        note: values.note,
        source: values.source,
        created_by: values.createdBy,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return id;
  },

  update: (
    tx: Tx,
    { workspaceId }: Place,
    id: string,
    change: { question?: string; document?: { id: string; filename: string }; page?: number | null; note?: string },
  ) =>
    tx
      .updateTable('golden_questions')
      .set({
        question: change.question,
        ...(change.document === undefined ? {} : { document_id: change.document.id, filename: change.document.filename }),
        page: change.page,
        note: change.note,
        updated_at: sql`now()`,
      })
      .where('id', '=', id)
      .where('workspace_id', '=', workspaceId)
      .execute(),

  remove: (tx: Tx, { workspaceId }: Place, id: string) =>
    tx.deleteFrom('golden_questions').where('id', '=', id).where('workspace_id', '=', workspaceId).execute(),

  listRuns: (db: Db, { workspaceId }: Place, { after, limit }: { after?: [string]; limit: number }) =>
    db
      .selectFrom('golden_runs')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .$if(after !== undefined, (query) => query.where('id', '<', after![0]))
      .orderBy('id', 'desc')
      .limit(limit)
      .execute(),

  findRun: (db: Db, { workspaceId }: Place, id: string) =>
    db.selectFrom('golden_runs').selectAll().where('id', '=', id).where('workspace_id', '=', workspaceId).executeTakeFirst(),

  /** Of the questions that the reader may see: what was not found, or found late, first. What came first instead is told to who may read it. */
  listResults: (db: Db, reader: Reader, runId: string) =>
    db
      .selectFrom('golden_results as r')
      .innerJoin('golden_questions as q', 'q.id', 'r.question_id')
      .leftJoin('documents as d', (join) => join.onRef('d.id', '=', 'r.first_document_id').on('d.deleted_at', 'is', null).on(readableBy(reader, 'd')))
      .select(['r.question_id', 'r.rank', 'd.filename as first_filename', 'r.first_page', 'q.question', 'q.filename', 'q.page'])
      .where('r.run_id', '=', runId)
      .where(openQuestion(reader))
      .orderBy(sql`r.rank desc nulls first`)
      .orderBy('r.question_id')
      .execute(),
};
export type GoldenQuestionsRepository = typeof goldenQuestionsRepository;
export type GoldenQuestionRow = NonNullable<Awaited<ReturnType<GoldenQuestionsRepository['find']>>>;
export type GoldenRunRow = NonNullable<Awaited<ReturnType<GoldenQuestionsRepository['findRun']>>>;
