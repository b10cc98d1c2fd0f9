import { answerTurn, estimateTicket, findRates, turnId } from '#answers';
import type { Page, PageQuery, QueueJob, QueueView, Settings, Ticket } from '#contracts';
import { decodeCursor, toPage, type Database, type Notifier, type Tx } from '#db';
import { AppError } from '#kit';
import type { Jobs } from '#queue';
import { roleAllows, type Principal } from '../../http/index.ts';
import type { Audit } from '../audit/index.ts';
import type { LineRow, QueueRepository } from './queue.repository.ts';

interface Needs {
  database: Pick<Database, 'db' | 'inTransaction'>;
  notifier: Pick<Notifier, 'publish'>;
  repository: QueueRepository;
  audit: Audit;
  jobs: Pick<Jobs, 'add'>;
  settings: () => Settings['queue'];
}

type Rates = Awaited<ReturnType<typeof findRates>>;
type LineNow = Pick<Parameters<typeof estimateTicket>[0], 'aheadRunningMs' | 'paused'>;

/** What the person who asked was told, so that all see the same; null where the scheduler has told nothing yet, or nobody can say when. */
const told = ({ position, eta_ms, eta_p90_ms, told_ms_ago }: LineRow, paused: boolean | undefined): Ticket | null => {
  if (paused || position === 0 || eta_ms === null || eta_p90_ms === null || told_ms_ago === null) return null;
  const left = (ms: number): number => Math.max(0, Math.round(ms - told_ms_ago));
  return { position, etaMs: left(eta_ms), etaP90Ms: left(eta_p90_ms) };
};

const noJob = (): AppError => new AppError('not_found', { message: 'There is no such job in line. It may have begun, or ended.' });

export type QueueService = ReturnType<typeof createQueueService>;

/** The line in front of the accelerator as people see it, and as administrators steer it. */
export const createQueueService = ({ database, notifier, repository, audit, jobs, settings }: Needs) => {
  const { db } = database;
  const mayAll = (who: Principal): boolean => roleAllows(who.role, 'admin');

  const toJob = (row: LineRow, who: Principal, rates: Rates, { aheadRunningMs, paused }: LineNow): QueueJob => ({
    jobId: row.job_id,
    status: row.status as QueueJob['status'],
    kind: row.kind,
    username: mayAll(who) || row.user_id === who.userId ? row.username : null,
    own: row.user_id === who.userId,
    model: row.model,
    ticket: told(row, paused) ?? estimateTicket({ running: row.position === 0, waitingAhead: row.position - 1, aheadRunningMs, paused }, rates),
    attempts: row.attempts,
    byHand: row.by_hand,
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
  });

  const act = async (who: Principal, work: (tx: Tx) => Promise<void>): Promise<QueueView> => {
    await database.inTransaction(async (tx) => {
      await repository.lockLine(tx);
      await work(tx);
      await notifier.publish(tx, 'queue.wake', { queue: 'llm' });
    });
    return view(who);
  };

  const view = async (who: Principal): Promise<QueueView> => {
    const [line, running, counts, people, models, rates] = await Promise.all([
      repository.line(db),
      repository.running(db),
      repository.counts(db, who.userId),
      repository.people(db, mayAll(who) ? undefined : who.userId),
      repository.models(db),
      findRates(db),
    ]);
    const now = { aheadRunningMs: running[0]?.running_ms ?? null, paused: line.paused_at !== null };
    return {
      paused: line.paused_at && { at: line.paused_at.toISOString(), by: line.paused_by, reason: line.pause_reason },
      running: running.map((row) => toJob(row, who, rates, now)),
      waiting: counts.waiting,
      ownWaiting: counts.own,
      limits: { own: counts.own_limit ?? settings().maxWaitingPerUser, all: settings().maxWaiting },
      next: estimateTicket({ running: false, waitingAhead: counts.waiting, ...now }, rates),
      people: people.map((row) => ({
        userId: row.uid,
        username: row.username,
        waiting: row.waiting,
        running: row.running,
        answered: row.answered,
        usedMs: Math.round(row.used_ms),
        share: row.all_ms > 0 ? row.used_ms / row.all_ms : 0,
        maxWaiting: row.max_waiting,
      })),
      models: models.map(({ used_ms, ...row }) => ({ ...row, usedMs: Math.round(used_ms) })),
    };
  };

  return {
    view,

    /** What waits, in order: all of it for administrators, one's own for others. */
    async waiting(who: Principal, { limit, cursor }: PageQuery): Promise<Page<QueueJob>> {
      const after = cursor === undefined ? 0 : Number(decodeCursor(cursor, 1)[0]);
      const [line, rows, running, rates] = await Promise.all([
        repository.line(db),
        repository.waiting(db, { userId: mayAll(who) ? undefined : who.userId, after, limit: limit + 1 }),
        repository.running(db),
        findRates(db),
      ]);
      const now = { aheadRunningMs: running[0]?.running_ms ?? null, paused: line.paused_at !== null };
      return toPage(
        rows,
        limit,
        (row) => [row.position],
        (row) => toJob(row, who, rates, now),
      );
    },

    /** Nothing new is begun until it is resumed; what runs is finished. Doing it again changes the reason. */
    pause: (who: Principal, reason?: string): Promise<QueueView> =>
      act(who, async (tx) => {
        await repository.setPaused(tx, { by: who.username, reason: reason || null });
        await audit.record(tx, who, 'queue.paused', null, reason ? { reason } : undefined);
      }),

    resume: (who: Principal): Promise<QueueView> =>
      act(who, async (tx) => {
        if ((await repository.line(tx)).paused_at === null) return;
        await repository.setPaused(tx, null);
        // The turns that came to the paused line are used up; one is enough, since each sees to the next.
        const next = await repository.first(tx);
        if (next) await jobs.add(tx, answerTurn, { jobId: next.id }, { id: turnId(next) });
        await audit.record(tx, who, 'queue.resumed', null);
      }),

    /**
     * Puts a waiting job right before another, or at the end. From then on all that waits up to there keeps the order that
     * the administrator saw. Errors: `not_found` when one of the two does not wait (any more).
     */
    move: (who: Principal, jobId: string, before: string | null): Promise<QueueView> =>
      act(who, async (tx) => {
        for (const id of before === null ? [jobId] : [jobId, before]) {
          const place = await repository.placeOf(tx, id);
          if (!place || place.started_at) throw noJob();
        }
        if (before === jobId) return;
        await repository.moveBefore(tx, jobId, before);
        await audit.record(tx, who, 'queue.reordered', jobId, { before });
      }),

    /** Back to the scheduler's own order. */
    forgetOrder: (who: Principal): Promise<QueueView> =>
      act(who, async (tx) => {
        const jobs = await repository.forgetOrder(tx);
        if (jobs > 0) await audit.record(tx, who, 'queue.order_reset', null, { jobs });
      }),

    /** Sets how many questions a person may have waiting; null for what holds for all. Errors: `not_found`. */
    setLimit: (who: Principal, userId: string, maxWaiting: number | null): Promise<QueueView> =>
      act(who, async (tx) => {
        const user = await repository.setLimit(tx, userId, maxWaiting, who.username);
        if (!user) throw new AppError('not_found', { message: 'There is no such account.' });
        await audit.record(tx, who, 'queue.limit_set', user.username, { maxWaiting });
      }),
  };
};
