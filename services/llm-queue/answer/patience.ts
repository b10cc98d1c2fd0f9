import { findCosts, type CostsOf } from '#answers';
import type { Db } from '#db';
import type { Patience } from './watched-chat.ts';

/** What a busy machine may make of a measured time. */
const FIRST_TIMES = 20;
const NEXT_TIMES = 100;
/** A model that was unloaded is loaded by the question; nothing shorter is taken for a hang. */
const LEAST_FIRST_MS = 60_000;
const LEAST_NEXT_MS = 10_000;

/** How long a model of that pace may be silent; `most` where nothing was measured, and never more. */
export const fittingPatience = (costs: CostsOf | null, most: Patience): Patience => {
  if (!costs) return most;
  const firstMs = costs.overheadMs + costs.freshTokens * costs.prefillMsPerToken;
  return {
    firstTokenMs: Math.min(most.firstTokenMs, Math.max(LEAST_FIRST_MS, FIRST_TIMES * firstMs)),
    nextTokenMs: Math.min(most.nextTokenMs, Math.max(LEAST_NEXT_MS, NEXT_TIMES * costs.decodeMsPerToken)),
  };
};

export type PatienceWith = (model: string | undefined, kind: string) => Promise<Patience>;

/** Patience that fits the model: a fast one that says nothing for ten seconds hangs, a slow one may still be reading. */
export const createPatience =
  (db: Db, most: Patience): PatienceWith =>
  async (model, kind) =>
    fittingPatience(model === undefined ? null : await findCosts(db, model, kind), most);
