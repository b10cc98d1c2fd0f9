/** How a model's token states become one vector. */
export type Pooling = 'mean' | 'cls';

export interface EmbedWorkerData {
  /** Holds config.json, tokenizer.json and onnx/model_quantized.onnx. */
  folder: string;
  pooling: Pooling;
  /** A text is cut after so many tokens. */
  maxTokens: number;
  threads: number;
}

export type ToEmbedWorker = { type: 'embed'; id: number; texts: string[] } | { type: 'count'; id: number; text: string };

export type FromEmbedWorker =
  | { type: 'ready' }
  /** `vectors`: rows x dimensions, of unit length. `tokens`: without padding. */
  | { type: 'embedded'; id: number; vectors: Float32Array; dimensions: number; tokens: number }
  | { type: 'counted'; id: number; count: number }
  | { type: 'failed'; id: number; message: string };
