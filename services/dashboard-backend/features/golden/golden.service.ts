import type { GoldenQuestion, GoldenQuestionCreate, GoldenRun, GoldenRunDetail, PageQuery } from '#contracts';
import { decodeCursor, toPage, type Database, type Tx } from '#db';
import { goldenRunJob } from '#golden';
import { AppError } from '#kit';
import type { Jobs } from '#queue';
import type { Principal } from '../../http/index.ts';
import type { Audit } from '../audit/index.ts';
import type { FeedbackService } from '../feedback/index.ts';
import type { GoldenQuestionRow, GoldenQuestionsRepository, GoldenRunRow } from './golden.repository.ts';

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  repository: GoldenQuestionsRepository;
  jobs: Pick<Jobs, 'add'>;
  audit: Pick<Audit, 'record'>;
  feedback: Pick<FeedbackService, 'adopted'>;
}

type Patch = { question?: string; documentId?: string; page?: number | null; note?: string };

const there = <Row>(row: Row | undefined): Row => {
  if (!row) throw new AppError('not_found', { message: 'There is no such golden question.' });
  return row;
};

const toQuestion = (row: GoldenQuestionRow): GoldenQuestion => ({
  id: row.id,
  question: row.question,
  documentId: row.document_id,
  filename: row.filename,
  page: row.page,
  note: row.note,
  source: row.source as GoldenQuestion['source'],
  rank: row.ranks[0]?.rank ?? null,
  rankBefore: row.ranks[1]?.rank ?? null,
  hasRun: row.ranks.length > 0,
  createdAt: row.created_at.toISOString(),
});

const toRun = (row: GoldenRunRow): GoldenRun => ({
  id: row.id,
  trigger: row.trigger as GoldenRun['trigger'],
  embedModel: row.embed_model,
  questions: row.questions,
  foundAt5: row.found_at_5,
  foundAt10: row.found_at_10,
  meanReciprocalRank: row.mean_reciprocal_rank,
  degraded: row.degraded,
  tookMs: row.took_ms,
  createdAt: row.created_at.toISOString(),
});

/** Golden questions: what an admin knows the right place of, and how the search has done on them. */
export const createGoldenService = ({ database, repository, jobs, audit, feedback }: Needs) => {
  const { db } = database;

  /** The document that is expected. Errors: `validation_failed` when it is not there or has fewer pages. */
  const expected = async (tx: Tx, who: Principal, documentId: string, page: number | null | undefined) => {
    const document = await repository.findDocument(tx, who, documentId);
    if (!document) throw new AppError('validation_failed', { message: 'The expected document is not there. Choose one of the documents.' });
    if (page && document.page_count > 0 && page > document.page_count)
      throw new AppError('validation_failed', { message: `“${document.filename}” has ${document.page_count} pages; page ${page} is not among them.` });
    return document;
  };

  return {
    async list(who: Principal, { limit, cursor, q }: PageQuery & { q?: string }) {
      const after = cursor === undefined ? undefined : (decodeCursor(cursor, 2) as [string, string]);
      const rows = await repository.list(db, who, { q, after, limit: limit + 1 });
      return toPage(rows, limit, (row) => [row.created_exact, row.id], toQuestion);
    },

    /** Keeps a question with the place that answers it, by itself or out of what was said of an answer. Errors: `validation_failed`, `not_found`. */
    create: (who: Principal, { question, documentId, page, note, messageId }: GoldenQuestionCreate): Promise<GoldenQuestion> =>
      database.inTransaction(async (tx) => {
        const { filename } = await expected(tx, who, documentId, page);
        const source = messageId === undefined ? 'admin' : 'feedback';
        const id = await repository.insert(tx, who, { question, documentId, filename, page, note, source, createdBy: who.userId });
        if (messageId !== undefined && !(await feedback.adopted(tx, who, messageId, id)))
          throw new AppError('not_found', { message: 'There is no feedback on that answer.' });
        await audit.record(tx, who, 'golden.created', id);
        return toQuestion(there(await repository.find(tx, who, id)));
      }),

    /** Errors: `not_found`, `validation_failed`. */
    patch: (who: Principal, id: string, { question, documentId, page, note }: Patch): Promise<GoldenQuestion> =>
      database.inTransaction(async (tx) => {
        const before = there(await repository.find(tx, who, id));
        const holder = documentId ?? before.document_id;
        const document = holder === null || (documentId === undefined && page === undefined) ? undefined : await expected(tx, who, holder, page ?? null);
        await repository.update(tx, who, id, { question, document, page, note });
        await audit.record(tx, who, 'golden.changed', id);
        return toQuestion(there(await repository.find(tx, who, id)));
      }),

    remove: (who: Principal, id: string): Promise<void> =>
      database.inTransaction(async (tx) => {
        there(await repository.find(tx, who, id));
        await repository.remove(tx, who, id);
        await audit.record(tx, who, 'golden.removed', id);
      }),

    /** Asks for a run now; one that waits already is the one. */
    run: (): Promise<void> => jobs.add(db, goldenRunJob, { trigger: 'manual' }, { id: 'golden.manual' }),

    async runs(who: Principal, { limit, cursor }: PageQuery) {
      const after = cursor === undefined ? undefined : (decodeCursor(cursor, 1) as [string]);
      const rows = await repository.listRuns(db, who, { after, limit: limit + 1 });
      return toPage(rows, limit, (row) => [row.id], toRun);
    },

    /** A run with each question's place. Errors: `not_found`. */
    async findRun(who: Principal, id: string): Promise<GoldenRunDetail> {
      const row = await repository.findRun(db, who, id);
      if (!row) throw new AppError('not_found', { message: 'There is no such run.' });
      const results = await repository.listResults(db, who, id);
      return {
        ...toRun(row),
        results: results.map((result) => ({
          questionId: result.question_id,
          question: result.question,
          filename: result.filename,
          page: result.page,
          rank: result.rank,
          first: result.first_filename === null || result.first_page === null ? null : { filename: result.first_filename, page: result.first_page },
        })),
      };
    },
  };
};

export type GoldenService = ReturnType<typeof createGoldenService>;
