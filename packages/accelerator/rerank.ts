import type { ModelRuntime, Reranked, RuntimeTarget } from '#clients';

interface Needs {
  target: () => RuntimeTarget | Promise<RuntimeTarget>;
  runtime: Pick<ModelRuntime, 'models' | 'rerank'>;
}

/** Scores passages for a search that somebody waits for. */
export interface Reranking {
  /** The model that would, or null where none is installed or named. Known for a few seconds; never throws. */
  find(): Promise<string | null>;
  /** Scores as many of the texts, from the first on, as fit the time that it may take; at least a few. */
  score(query: string, texts: readonly string[], signal?: AbortSignal): Promise<Reranked>;
}

/** How long the accelerator may be held beside the line: less than what people notice as waiting. */
const PLANNED_MS = 800;
/** Fewer would hardly change an order; also how the pace is found out again on a machine that was busy. */
const LEAST = 4;
/** While nothing was measured: a six-layer cross-encoder on two slow cores. */
const UNMEASURED_MS_PER_LETTER = 0.06;
/** The newest call weighs a third: the pace changes with what else the machine does. */
const NEWEST_WEIGHT = 1 / 3;
const KNOWN_MS = 10_000;

/** Reranking straight away, like a question's vector, and bounded by the pace that was measured (ADR 0021). */
export const createReranking = ({ target, runtime }: Needs): Reranking => {
  let known: { model: string | null; until: number } | undefined;
  let msPerLetter = UNMEASURED_MS_PER_LETTER;

  const look = async (): Promise<string | null> => {
    const { dialect, rerankModel } = await target();
    if (dialect === 'openai') return rerankModel ?? null;
    return (await runtime.models()).find(({ purpose, active }) => purpose === 'rerank' && active)?.id ?? null;
  };

  return {
    async find() {
      if (known === undefined || known.until < performance.now()) known = { model: await look().catch(() => null), until: performance.now() + KNOWN_MS };
      return known.model;
    },
    async score(query, texts, signal) {
      const costs = texts.map((text) => (query.length + text.length) * msPerLetter);
      let planned = 0;
      const fitting = costs.findIndex((cost, at) => (planned += cost) > PLANNED_MS && at >= LEAST);
      const some = fitting === -1 ? texts : texts.slice(0, fitting);
      const from = performance.now();
      const answer = await runtime.rerank(query, some, { signal });
      const letters = some.reduce((sum, text) => sum + query.length + text.length, 0);
      if (letters > 0) msPerLetter += NEWEST_WEIGHT * ((performance.now() - from) / letters - msPerLetter);
      return answer;
    },
  };
};
