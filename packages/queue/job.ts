import type { z } from 'zod';
import { exponentialBackoffMs } from '#kit';

export interface JobDefinition<Payload> {
  /** The field's own words, as in `document.index`; also the queue's name. */
  name: string;
  payload: z.ZodType<Payload>;
  /** Tries in all, the first included. */
  attempts: number;
  /** Milliseconds to wait before try `attempt + 1`. */
  backoffMs: (attempt: number) => number;
  /** A handler that runs longer is told to stop through its signal and counts as failed. */
  timeoutMs: number;
}

/** Declares a job: what it carries and how it is retried. The handler is given to the worker. */
export const defineJob = <Payload>(name: string, declared: Omit<JobDefinition<Payload>, 'name'>): JobDefinition<Payload> => ({ name, ...declared });

/** Doubling delays from `firstMs`, capped. */
export const exponential =
  (firstMs: number, { max }: { max: number }) =>
  (attempt: number): number =>
    exponentialBackoffMs(attempt, { firstMs, maxMs: max });
