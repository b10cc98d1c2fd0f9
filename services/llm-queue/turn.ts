import { bareAnswer, recordCosts, recordRates, recordWait, tokensOf, type Answer, type JobEvent, type Outcome, type RateSample } from '#answers';
import type { Notifier, Tx } from '#db';
import { systemClock, toAppError, type AppError, type Logger } from '#kit';
import type { HeatOf } from './heat-of.ts';
import { beginAnswer, type AnswerInHand, type AnswerNeeds } from './answer/answer.ts';
import { isHung } from './answer/watched-chat.ts';
import { createEventWriter } from './line/event-writer.ts';
import { HEARTBEAT_MS, LeaseLostError, type ClaimedJob, type Line } from './line/line.ts';
import { whileAway } from './line/patience.ts';

interface Needs {
  line: Line;
  answering: AnswerNeeds;
  notifier: Pick<Notifier, 'subscribe'>;
  log: Logger;
  /** How long a runtime that went away is waited for before the second try. */
  returnMs: number;
  heatOf: HeatOf;
  restartRuntime: RestartRuntime | null;
}

export type RestartRuntime = (reason: string) => Promise<void>;

/** A model that stopped twice at one question will stop a third time. */
const MAX_TRIES = 2;
const RETURN_POLL_MS = 250;

/** Why a job in hand is ended from outside. */
class Cancelled extends Error {}
class Stopping extends Error {}

/** Runs the job that is next, from its lease to its one final state. Resolves to false when there was none to run. */
export const createTurn = ({ line, answering, notifier, log, returnMs, heatOf, restartRuntime }: Needs) => {
  /** Keeps the lease while the job runs, and aborts it when it is cancelled or lost. Returns how to end that. */
  const guard = (job: ClaimedJob, end: (reason: Error) => void): (() => void) => {
    const unsubscribe = notifier.subscribe('job.cancel', ({ jobId }) => {
      if (jobId === job.jobId) end(new Cancelled());
    });
    const heartbeat = setInterval(() => {
      line.renew(job).then(
        // Whoever asked to cancel also sent a signal, but signals can be lost.
        ({ cancelRequested }) => cancelRequested && end(new Cancelled()),
        (error: unknown) => error instanceof LeaseLostError && end(error),
      );
    }, HEARTBEAT_MS);
    return () => {
      unsubscribe();
      clearInterval(heartbeat);
    };
  };

  /** Waits for a runtime that went away; gives up quietly, since the next call will say what is wrong. */
  const untilRuntimeIsBack = async (signal: AbortSignal): Promise<void> => {
    const until = systemClock.now() + returnMs;
    while (systemClock.now() < until) {
      try {
        await answering.runtime.models({ signal });
        return;
      } catch {
        await systemClock.sleep(RETURN_POLL_MS, signal);
      }
    }
  };

  /** Loads the model that the scheduler switched to, so that the time is told apart from reading. Whatever is wrong, the question itself will say. */
  const load = async ({ switchTo }: ClaimedJob, signal: AbortSignal): Promise<number> => {
    if (!switchTo) return 0;
    const from = systemClock.now();
    await answering.runtime.load?.(switchTo, { signal }).catch(() => undefined);
    return systemClock.now() - from;
  };

  const run = async (job: ClaimedJob, stopping: AbortSignal): Promise<void> => {
    const ending = new AbortController();
    const end = (reason: Error) => ending.abort(reason);
    const onStop = () => end(new Stopping());
    stopping.addEventListener('abort', onStop, { once: true });
    const release = guard(job, end);
    const events = createEventWriter({
      append: (batch) => line.append(job, batch),
      lastSeq: job.lastSeq,
      onLost: (error) => end(error as Error),
      signal: stopping,
    });
    let answer: AnswerInHand | undefined;
    const began = systemClock.now();
    let firstTokenAt: number | undefined;
    let loadMs = 0;

    /** What this answer teaches the estimates. */
    const learn = async (tx: Tx, cost: RateSample, model: string, isHot: boolean): Promise<void> => {
      await recordRates(tx, model, cost);
      const { freshTokens, answerTokens, prefillMsPerToken, decodeMsPerToken, firstTokenMs } = cost;
      if (freshTokens === undefined || answerTokens === undefined || prefillMsPerToken === undefined) return;
      const letters = job.spec.kind === 'completion' ? JSON.stringify(job.spec.messages).length : job.prompt.length;
      await recordCosts(
        tx,
        { model, kind: job.spec.kind, userId: job.userId },
        {
          knownTokens: tokensOf(letters),
          freshTokens,
          answerTokens,
          overheadMs: Math.max(0, firstTokenMs - freshTokens * prefillMsPerToken),
          prefillMsPerToken,
          decodeMsPerToken: decodeMsPerToken ?? 0,
        },
        { isHot },
      );
    };

    const settle = async (outcome: Outcome): Promise<void> => {
      await events.drain();
      const cost = outcome.status === 'completed' ? answer?.cost() : null;
      const worked = answer?.worked() ?? null;
      const { isHot, ...heat } = await whileAway(
        () => heatOf({ sinceMs: systemClock.now() - began, kind: job.spec.kind, model: outcome.answer.model, worked }),
        stopping,
      );
      if (outcome.answer.timings) Object.assign(outcome.answer.timings, heat);
      const spent = { usedMs: systemClock.now() - began - loadMs, loadMs };
      const also = async (tx: Tx): Promise<void> => {
        if (firstTokenAt !== undefined) await recordWait(tx, job.jobId, firstTokenAt - job.createdAt, outcome.answer.model);
        if (cost) await learn(tx, cost, outcome.answer.model ?? '', isHot);
      };
      await whileAway(() => line.settle(job, outcome, spent, also), stopping);
    };

    const attempt = async (tries: number, number: number): Promise<Outcome> => {
      const emit = (event: JobEvent): void => {
        if (event.event === 'token') firstTokenAt ??= systemClock.now();
        events.push(event);
      };
      answer = beginAnswer(answering, { ...job, loadMs }, { attempt: number, isLast: tries >= MAX_TRIES }, emit);
      try {
        await answer.write(ending.signal);
        return { status: 'completed', answer: answer.soFar() };
      } catch (error) {
        if (error instanceof Cancelled) return { status: 'cancelled', answer: answer.soFar() };
        if (ending.signal.aborted) throw ending.signal.reason;
        const problem = toAppError(error);
        if (!problem.kind.retryable || tries >= MAX_TRIES) return failed(answer.soFar(), problem);
        log.warn({ error, jobId: job.jobId }, 'the model stopped; the answer is begun again');
        // A runtime that went silent answers nobody: it is started again before the one more try.
        const { externalUrl } = answering.settings().models;
        if (isHung(problem) && restartRuntime && externalUrl === '')
          await restartRuntime(problem.message).catch((cause: unknown) => log.warn({ cause }, 'the silent model runtime could not be started again'));
        await untilRuntimeIsBack(ending.signal);
        return attempt(tries + 1, await whileAway(() => line.beginAgain(job), ending.signal));
      }
    };

    try {
      loadMs = await load(job, ending.signal);
      await settle(await attempt(1, job.attempt));
    } catch (error) {
      if (error instanceof Cancelled) await settle({ status: 'cancelled', answer: answer?.soFar() ?? bareAnswer('') });
      else if (error instanceof Stopping || stopping.aborted)
        await line.giveBack(job).catch(() => undefined); // else the lease's end does
      else if (error instanceof LeaseLostError) log.warn({ jobId: job.jobId }, 'another worker has this job now');
      else throw error;
    } finally {
      release();
      stopping.removeEventListener('abort', onStop);
    }
  };

  const failed = (answer: Answer, problem: AppError): Outcome => {
    if (problem.kind.report) log.error({ error: problem.cause ?? problem }, 'an answer failed');
    return { status: 'failed', answer, error: { code: problem.code, message: problem.message } };
  };

  return async (stopping: AbortSignal): Promise<string | null> => {
    if (stopping.aborted) return null;
    const job = await line.claimNext();
    if (!job) return null;
    await run(job, stopping);
    return job.jobId;
  };
};
