import { buildWorkers } from '../../scripts/build.mjs';
import { loadRerankModel } from '../../services/model-runtime/embed/model.ts';
import { catalogue } from '../../services/model-runtime/catalogue/catalogue.ts';
import { createShelf } from '../../services/model-runtime/shelf.ts';

export interface EvalReranker {
  readonly model: string;
  /** How well each text answers the question, in the order of the texts. */
  score(query: string, texts: readonly string[]): Promise<readonly number[]>;
  close(): Promise<void>;
}

/** Pairs that are read at once. */
const BATCH = 4;

/** The first model of the folder that reranks, as the product would run it; null where there is none. */
export const openReranker = async (modelsDir: string): Promise<EvalReranker | null> => {
  const shelf = createShelf({ catalogue: catalogue(), folders: [{ path: modelsDir, place: 'models folder' }] });
  await shelf.scan();
  const found = shelf.readyModels().find(({ purpose }) => purpose === 'rerank');
  if (found === undefined) return null;
  await buildWorkers('.cache/workers');
  const model = await loadRerankModel(shelf.rerankSpec(found.id), { onLost: () => undefined });
  return {
    model: found.id,
    async score(query, texts) {
      const scores: number[] = [];
      for (let at = 0; at < texts.length; at += BATCH) scores.push(...(await model.score(query, texts.slice(at, at + BATCH))).scores);
      return scores;
    },
    close: () => model.unload(),
  };
};
