import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { env, pipeline } from '@huggingface/transformers';

const BATCH = 16;
const KEY_BYTES = 32;

export interface CachedEmbedder {
  readonly model: string;
  /** Unit-length vectors, in the order of the texts. What was embedded before comes from the file. */
  embed(texts: readonly string[], onProgress?: (done: number, all: number) => void): Promise<Float32Array[]>;
}

/** The embedding model of a folder, with a file beside it that remembers every text it has seen (key: SHA-256 of model and text). */
export const createCachedEmbedder = async (options: { modelsDir: string; model: string; cacheFile: string; dimensions: number }): Promise<CachedEmbedder> => {
  const { modelsDir, model, cacheFile, dimensions } = options;
  const known = new Map<string, Float32Array>();
  const record = KEY_BYTES + dimensions * 4;
  mkdirSync(dirname(cacheFile), { recursive: true });
  if (existsSync(cacheFile)) {
    const bytes = readFileSync(cacheFile);
    for (let at = 0; at + record <= bytes.length; at += record) {
      const key = bytes.subarray(at, at + KEY_BYTES).toString('hex');
      known.set(key, new Float32Array(bytes.buffer.slice(bytes.byteOffset + at + KEY_BYTES, bytes.byteOffset + at + record)));
    }
  }
  env.allowRemoteModels = false;
  env.localModelPath = modelsDir;
  let extract: Awaited<ReturnType<typeof pipeline<'feature-extraction'>>> | null = null;
  const keyOf = (text: string): string => createHash('sha256').update(`${model}\u0000${text}`).digest('hex');

  return {
    model,
    async embed(texts, onProgress) {
      const missing = [...new Map(texts.map((text) => [keyOf(text), text])).entries()]
        .filter(([key]) => !known.has(key))
        .sort((a, b) => a[1].length - b[1].length);
      if (missing.length > 0) extract ??= await pipeline('feature-extraction', model, { dtype: 'q8', session_options: { intraOpNumThreads: 1 } });
      const file = missing.length > 0 ? openSync(cacheFile, 'a') : -1;
      for (let at = 0; at < missing.length; at += BATCH) {
        const batch = missing.slice(at, at + BATCH);
        const output = await extract!(
          batch.map(([, text]) => text),
          { pooling: 'mean', normalize: true },
        );
        const data = output.data as Float32Array;
        batch.forEach(([key], row) => {
          const vector = data.slice(row * dimensions, (row + 1) * dimensions);
          known.set(key, vector);
          writeSync(file, Buffer.concat([Buffer.from(key, 'hex'), Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength)]));
        });
        onProgress?.(Math.min(at + BATCH, missing.length), missing.length);
      }
      if (file !== -1) closeSync(file);
      return texts.map((text) => known.get(keyOf(text))!);
    },
  };
};
