/** How a model's token states become one vector. */
export type Pooling = 'mean' | 'cls';

/** What a model of this thread is for: texts into vectors, or pairs of a question and a text into scores. */
export type ThreadTask = 'embed' | 'rerank';

export interface EmbedWorkerData {
  task: ThreadTask;
  /** Holds config.json, tokenizer.json and onnx/model_quantized.onnx. */
  folder: string;
  /** Of an embedding model. */
  pooling: Pooling;
  /** A text, or a pair, is cut after so many tokens. */
  maxTokens: number;
  threads: number;
}

export type ToEmbedWorker =
  { type: 'embed'; id: number; texts: string[] } | { type: 'score'; id: number; query: string; texts: string[] } | { type: 'count'; id: number; text: string };

export type FromEmbedWorker =
  | { type: 'ready' }
  /** `vectors`: rows x dimensions, of unit length. `tokens`: without padding. */
  | { type: 'embedded'; id: number; vectors: Float32Array; dimensions: number; tokens: number }
  /** How well each text answers the question, 0..1. */
  | { type: 'scored'; id: number; scores: Float32Array; tokens: number }
  | { type: 'counted'; id: number; count: number }
  | { type: 'failed'; id: number; message: string };
