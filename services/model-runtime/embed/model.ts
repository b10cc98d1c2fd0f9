import type { Pooling } from './messages.ts';
import { startModelThread, type ThreadOptions } from './model-thread.ts';

export interface EmbedModelSpec {
  id: string;
  folder: string;
  pooling: Pooling;
  maxTokens: number;
  /** What this model expects before a question and before a passage. */
  prefixes?: { query: string; passage: string };
}

export interface EmbeddedBatch {
  vectors: Float32Array;
  dimensions: number;
  tokens: number;
}

export interface LoadedEmbedModel {
  spec: EmbedModelSpec;
  /** One batch, padded to its longest text. Errors: `model_stopped`. */
  embed(texts: string[]): Promise<EmbeddedBatch>;
  countTokens(text: string): Promise<number>;
  unload(): Promise<void>;
}

/** Starts a thread with an embedding model in it. Errors: `model_not_ready` with the reason. */
export const loadEmbedModel = async (spec: EmbedModelSpec, { onLost, threads }: ThreadOptions): Promise<LoadedEmbedModel> => {
  const { folder, pooling, maxTokens } = spec;
  const { ask, unload } = await startModelThread(spec.id, { task: 'embed', folder, pooling, maxTokens, threads }, onLost);
  return {
    spec,
    async embed(texts) {
      const answer = await ask({ type: 'embed', texts });
      if (answer.type !== 'embedded') throw new TypeError(`Expected vectors, got ${answer.type}.`);
      return answer;
    },
    async countTokens(text) {
      const answer = await ask({ type: 'count', text });
      if (answer.type !== 'counted') throw new TypeError(`Expected a count, got ${answer.type}.`);
      return answer.count;
    },
    unload,
  };
};

export interface RerankModelSpec {
  id: string;
  folder: string;
  /** Of a question and a text together. */
  maxTokens: number;
}

export interface LoadedRerankModel {
  spec: RerankModelSpec;
  /** How well each text of one batch answers the question, 0..1. Errors: `model_stopped`. */
  score(query: string, texts: string[]): Promise<{ scores: Float32Array; tokens: number }>;
  unload(): Promise<void>;
}

/** Starts a thread with a cross-encoder in it. Errors: `model_not_ready` with the reason. */
export const loadRerankModel = async (spec: RerankModelSpec, { onLost, threads }: ThreadOptions): Promise<LoadedRerankModel> => {
  const { folder, maxTokens } = spec;
  const { ask, unload } = await startModelThread(spec.id, { task: 'rerank', folder, pooling: 'mean', maxTokens, threads }, onLost);
  return {
    spec,
    async score(query, texts) {
      const answer = await ask({ type: 'score', query, texts });
      if (answer.type !== 'scored') throw new TypeError(`Expected scores, got ${answer.type}.`);
      return answer;
    },
    unload,
  };
};
