import { recordRates, type Answer, type Outcome } from '#answers';
import type { Notifier } from '#db';
import { systemClock, toAppError, type AppError, type Logger } from '#kit';
import { beginAnswer, type AnswerInHand, type AnswerNeeds } from './answer/answer.ts';
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
}

/** A model that stopped twice at one question will stop a third time. */
const MAX_TRIES = 2;
const RETURN_POLL_MS = 250;

/** Why a job in hand is ended from outside. */
class Cancelled extends Error {}
class Stopping extends Error {}

/** Runs the job that is next, from its lease to its one final state. Resolves to false when there was none to run. */
export const createTurn = ({ line, answering, notifier, log, returnMs }: Needs) => {
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

    const settle = async (outcome: Outcome): Promise<void> => {
      await events.drain();
      const cost = outcome.status === 'completed' ? answer?.cost() : null;
      await whileAway(() => line.settle(job, outcome, async (tx) => void (cost && (await recordRates(tx, outcome.answer.model ?? '', cost)))), stopping);
    };

    const attempt = async (tries: number, number: number): Promise<Outcome> => {
      answer = beginAnswer(answering, job, { attempt: number, isLast: tries >= MAX_TRIES }, events.push);
      try {
        await answer.write(ending.signal);
        return { status: 'completed', answer: answer.soFar() };
      } catch (error) {
        if (error instanceof Cancelled) return { status: 'cancelled', answer: answer.soFar() };
        if (ending.signal.aborted) throw ending.signal.reason;
        const problem = toAppError(error);
        if (!problem.kind.retryable || tries >= MAX_TRIES) return failed(answer.soFar(), problem);
        log.warn({ error, jobId: job.jobId }, 'the model stopped; the answer is begun again');
        await untilRuntimeIsBack(ending.signal);
        return attempt(tries + 1, await whileAway(() => line.beginAgain(job), ending.signal));
      }
    };

    try {
      await settle(await attempt(1, job.attempt));
    } catch (error) {
      if (error instanceof Cancelled) await settle({ status: 'cancelled', answer: answer!.soFar() });
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
