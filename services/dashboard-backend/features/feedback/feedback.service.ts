import type { AnswerFeedback, AnswerFeedbackPut, FeedbackSuggestion, PageQuery } from '#contracts';
import { decodeCursor, toPage, type Database, type Tx } from '#db';
import { AppError } from '#kit';
import type { Principal } from '../../http/index.ts';
import type { FeedbackRepository } from './feedback.repository.ts';

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  repository: FeedbackRepository;
}

const noAnswer = () => new AppError('not_found', { message: 'There is no such finished answer of yours.' });

/** Thumbs on answers, and what admins make of them. */
export const createFeedbackService = ({ database, repository }: Needs) => ({
  /** Says of one of one's own answers whether it was good; saying it again replaces it. Errors: `not_found`. */
  put: (who: Principal, messageId: string, feedback: AnswerFeedbackPut): Promise<AnswerFeedback> =>
    database.inTransaction(async (tx) => {
      if (!(await repository.put(tx, who, messageId, feedback))) throw noAnswer();
      return feedback;
    }),

  /** Takes it back. Errors: `not_found`. */
  remove: (who: Principal, messageId: string): Promise<void> =>
    database.inTransaction(async (tx) => {
      if (!(await repository.remove(tx, who, messageId))) throw new AppError('not_found', { message: 'You have said nothing of this answer.' });
    }),

  /** Feedback that waits for an admin, newest first. */
  async list(who: Principal, { limit, cursor }: PageQuery) {
    const after = cursor === undefined ? undefined : (decodeCursor(cursor, 2) as [string, string]);
    const rows = await repository.list(database.db, who, { after, limit: limit + 1 });
    return toPage(
      rows,
      limit,
      (row) => [row.created_exact, row.message_id],
      (row): FeedbackSuggestion => ({
        messageId: row.message_id,
        question: row.question,
        verdict: row.verdict as FeedbackSuggestion['verdict'],
        reason: row.reason as FeedbackSuggestion['reason'],
        comment: row.comment,
        cited: row.cited,
        askedBy: row.username,
        createdAt: row.created_at.toISOString(),
      }),
    );
  },

  /** It was made a golden question. */
  adopted: (tx: Tx, who: Principal, messageId: string, goldenQuestionId: string): Promise<boolean> => repository.handle(tx, who, messageId, goldenQuestionId),

  /** It needs no golden question. Errors: `not_found`. */
  dismiss: (who: Principal, messageId: string): Promise<void> =>
    database.inTransaction(async (tx) => {
      if (!(await repository.handle(tx, who, messageId, null))) throw new AppError('not_found', { message: 'There is no such feedback.' });
    }),
});

export type FeedbackService = ReturnType<typeof createFeedbackService>;
