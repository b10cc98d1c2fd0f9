import { answerTurn, jobPriority, submitJob, turnId } from '#answers';
import type { ObjectStore } from '#clients';
import type { Citation } from '#contracts';
import type { Database, Notifier } from '#db';
import { errorText, systemClock, type Clock } from '#kit';
import type { Jobs } from '#queue';
import { BOX_WORKSPACE, CANARY_QUESTIONS, type CanaryQuestion } from './document.ts';
import { keepCanaryDocument } from './keep-document.ts';

export interface CanaryNeeds {
  database: Pick<Database, 'db' | 'inTransaction'>;
  notifier: Pick<Notifier, 'publish'>;
  jobs: Pick<Jobs, 'add'>;
  /** Where the box's own document is put when it is missing. */
  objects: Pick<ObjectStore, 'receive'>;
  clock?: Clock;
}

export interface CanaryOptions {
  occasion: 'schedule' | 'repair' | 'drill' | 'update' | 'restore' | 'person';
  /** How long indexing and answering may take together. Default four minutes: a small box loads its model first. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

export interface CanaryAnswer {
  /** The known question got its known citation. */
  ok: boolean;
  question: string;
  expected: string;
  /** The quote that was cited; null when none was. */
  cited: string | null;
  page: number | null;
  tookMs: number;
  /** `passages`: there is no chat model, so the passages themselves were quoted. */
  answeredBy: 'model' | 'passages' | null;
  /** Why it is not ok, in a sentence. */
  reason: string | null;
}

const TIMEOUT_MS = 4 * 60_000;
const POLL_MS = 200;
/** Enough for the sentence; the canary must not hold up people. */
const MAX_TOKENS = 64;
const KEPT_RUNS = 2_000;
/** A question of the box itself is of use for its result, which `canary_runs` keeps. */
const KEPT_JOBS_MS = 3_600_000;

class NotAlive extends Error {}

/**
 * Asks the known question through the whole real path (the job's row, the queue, the retriever, the grounder) and looks whether
 * its known passage is cited. Never throws for a box that is unwell: that is the answer. The outcome is a row of `canary_runs`.
 * Errors: the signal's reason; whatever the database fails with when it is away.
 */
export const askCanary = async (needs: CanaryNeeds, { occasion, timeoutMs = TIMEOUT_MS, signal }: CanaryOptions): Promise<CanaryAnswer> => {
  const { database, clock = systemClock } = needs;
  const began = performance.now();
  const until = clock.now() + timeoutMs;
  const asked = await nextQuestion(database);
  let jobId: string | null = null;
  let found: Pick<CanaryAnswer, 'cited' | 'page' | 'answeredBy'> = { cited: null, page: null, answeredBy: null };
  let reason: string | null = null;
  try {
    const documentId = await whenReadable(needs, { until, clock, signal });
    jobId = await ask(needs, asked.question);
    found = await answerOf(needs, { jobId, documentId, asked, until, clock, signal });
  } catch (error) {
    signal?.throwIfAborted();
    if (jobId) await withdraw(needs, jobId).catch(() => undefined);
    if (!(error instanceof NotAlive)) reason = `The question could not be asked: ${errorText(error)}`;
    else reason = error.message;
  }
  const answer: CanaryAnswer = { ok: reason === null, ...asked, ...found, tookMs: Math.round(performance.now() - began), reason };
  await record(database, { occasion, jobId, answer });
  return answer;
};

const nextQuestion = async ({ db }: CanaryNeeds['database']): Promise<CanaryQuestion> => {
  const last = await db.selectFrom('canary_runs').select('question').orderBy('asked_at', 'desc').orderBy('id', 'desc').limit(1).executeTakeFirst();
  const at = CANARY_QUESTIONS.findIndex(({ question }) => question === last?.question);
  return CANARY_QUESTIONS[(at + 1) % CANARY_QUESTIONS.length] ?? CANARY_QUESTIONS[0];
};

interface Waiting {
  until: number;
  clock: Clock;
  signal?: AbortSignal;
}

const pause = async ({ until, clock, signal }: Waiting, tooLate: string): Promise<void> => {
  if (clock.now() >= until) throw new NotAlive(tooLate);
  await clock.sleep(POLL_MS, signal);
};

/** The document's id once its passages are stored. */
const whenReadable = async (needs: CanaryNeeds, waiting: Waiting): Promise<string> => {
  const documentId = await keepCanaryDocument(needs);
  for (;;) {
    const row = await needs.database.db
      .selectFrom('documents as d')
      .select((eb) => [
        'd.status',
        'd.error_message',
        eb.selectFrom('document_chunks').whereRef('document_id', '=', 'd.id').select(eb.fn.countAll<number>().as('n')).as('passages'),
      ])
      .where('d.id', '=', documentId)
      .executeTakeFirst();
    if (row?.status === 'failed') throw new NotAlive(`The box's own document could not be indexed: ${row.error_message ?? 'no reason was given'}`);
    if ((row?.passages ?? 0) > 0) return documentId;
    await pause(waiting, "The box's own document was not indexed in time.");
  }
};

const ask = async ({ database, jobs }: CanaryNeeds, question: string): Promise<string> =>
  database.inTransaction(async (tx) => {
    const { jobId } = await submitJob(
      tx,
      {
        workspaceId: BOX_WORKSPACE,
        userId: null,
        priority: jobPriority.background,
        prompt: question,
        spec: { kind: 'completion', fromDocuments: true, messages: [{ role: 'user', content: question }], maxTokens: MAX_TOKENS, temperature: 0 },
      },
      null,
    );
    await jobs.add(tx, answerTurn, { jobId }, { id: turnId({ id: jobId, fence: 0 }) });
    return jobId;
  });

const answerOf = async (
  { database: { db } }: CanaryNeeds,
  { jobId, documentId, asked, ...waiting }: Waiting & { jobId: string; documentId: string; asked: CanaryQuestion },
): Promise<Pick<CanaryAnswer, 'cited' | 'page' | 'answeredBy'>> => {
  for (;;) {
    const job = await db.selectFrom('llm_jobs').select(['status', 'error', 'result', 'model']).where('id', '=', jobId).executeTakeFirst();
    if (!job) throw new NotAlive('The question was lost from the queue.');
    if (job.status === 'failed' || job.status === 'cancelled') throw new NotAlive(`The question was not answered: ${job.error ?? job.status}`);
    if (job.status === 'completed') {
      const { citations = [] } = (job.result ?? {}) as { citations?: Citation[] };
      const passages = await db.selectFrom('document_chunks').select(['id', 'content']).where('document_id', '=', documentId).execute();
      const right = citations.find(
        (one) =>
          one.documentId === documentId &&
          one.page === asked.page &&
          passages.some(({ id, content }) => id === one.passageId && content.includes(asked.expected)),
      );
      if (!right) {
        const where = citations.map(({ quote }) => `“${quote.slice(0, 60)}”`).join(', ');
        throw new NotAlive(where === '' ? 'The answer cites nothing.' : `The answer cites ${where}, and not the passage with “${asked.expected}”.`);
      }
      return { cited: right.quote, page: right.page, answeredBy: job.model ? 'model' : 'passages' };
    }
    await pause(waiting, 'No answer came in time.');
  }
};

/** Takes an unanswered question out of the line. */
const withdraw = async ({ database, notifier }: CanaryNeeds, jobId: string): Promise<void> => {
  await database.inTransaction(async (tx) => {
    await tx
      .updateTable('llm_jobs')
      .set({ cancel_requested_at: new Date() })
      .where('id', '=', jobId)
      .where('status', 'in', ['pending', 'processing'])
      .execute();
    await notifier.publish(tx, 'job.cancel', { jobId });
  });
};

const record = async ({ db }: CanaryNeeds['database'], { occasion, jobId, answer }: { occasion: string; jobId: string | null; answer: CanaryAnswer }) => {
  await db
    .insertInto('canary_runs')
    .values({
      occasion,
      ok: answer.ok,
      question: answer.question,
      expected: answer.expected,
      cited: answer.cited,
      page: answer.page,
      took_ms: answer.tookMs,
      answered_by: answer.answeredBy,
      reason: answer.reason,
      job_id: jobId,
    })
    .execute();
  await db
    .deleteFrom('llm_jobs')
    .where('workspace_id', '=', BOX_WORKSPACE)
    .where('finished_at', '<', new Date(Date.now() - KEPT_JOBS_MS))
    .execute();
  await db
    .deleteFrom('canary_runs')
    .where('id', 'in', (eb) => eb.selectFrom('canary_runs').select('id').orderBy('asked_at', 'desc').offset(KEPT_RUNS))
    .execute();
};

/** How the canary went last; null before its first question. */
export const lastCanary = async (db: CanaryNeeds['database']['db']) =>
  (await db.selectFrom('canary_runs').selectAll().orderBy('asked_at', 'desc').orderBy('id', 'desc').limit(1).executeTakeFirst()) ?? null;
