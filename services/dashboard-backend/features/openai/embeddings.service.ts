import { admitToLine, type LineLimits } from '#answers';
import type { Accelerator } from '#accelerator';
import type { Embeddings } from '#clients';
import type { Database } from '#db';
import type { Principal } from '../../http/index.ts';
import type { EmbeddingsRequest } from './wire.ts';

interface Needs {
  database: Pick<Database, 'inTransaction'>;
  limits: () => LineLimits;
  runtime: Pick<Accelerator, 'embedPassages' | 'countTokens'>;
}

export type EmbeddingsService = ReturnType<typeof createEmbeddingsService>;

/** OpenAI's embeddings, in line like everybody's questions and within the same limits. */
export const createEmbeddingsService = ({ database, limits, runtime }: Needs) => {
  /** Requests in hand by person: slices that wait for their turn in this process have no row yet. */
  const inHand = new Map<number, number>();

  return {
    /**
     * Vectors of the texts and how many tokens they have. When `signal` is aborted, its place in line is free again. Errors: `queue_full` with when
     * to come back, and those of the model.
     */
    async embed(who: Principal, { model, input }: EmbeddingsRequest, signal: AbortSignal): Promise<Embeddings & { tokens: number }> {
      const { userId } = who;
      const before = inHand.get(userId) ?? 0;
      // Counted before anything is awaited, so that requests sent at once cannot pass the limit together.
      inHand.set(userId, before + 1);
      try {
        await database.inTransaction((tx) => admitToLine(tx, userId, limits(), before));
        const made = await runtime.embedPassages(input, { class: 'agent', userId }, { model, signal });
        return { ...made, tokens: await runtime.countTokens(input.join('\n'), { model: made.model, signal }) };
      } finally {
        const left = inHand.get(userId)! - 1;
        if (left === 0) inHand.delete(userId);
        else inHand.set(userId, left);
      }
    },
  };
};
