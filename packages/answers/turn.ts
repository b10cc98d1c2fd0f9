import { z } from 'zod';
import { defineJob, exponential } from '#queue';

/**
 * One turn at the accelerator: whoever gets it runs the job that is next by the rows, which need not be `jobId`. So a
 * turn may be lost, doubled or late, and the order is decided in one place.
 */
export const answerTurn = defineJob('llm.turn', {
  payload: z.object({ jobId: z.uuid() }),
  // The rows are swept, so a turn that failed need not come back by itself.
  attempts: 1,
  backoffMs: exponential(1_000, { max: 1_000 }),
  // A long answer of a small box: 4,096 tokens at 2 tokens/s.
  timeoutMs: 40 * 60_000,
});

/** Names a turn, so that the same one is never in line twice. A job that lost its worker has a new fence, so it gets a turn of its own. */
export const turnId = (job: { id: string; fence: number }): string => `${job.id}.${job.fence}`;
