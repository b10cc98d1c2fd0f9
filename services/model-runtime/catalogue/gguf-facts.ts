import { readGgufFileInfo } from 'node-llama-cpp';
import { kvBytesPerToken } from '#admission';

/** Bytes that each token of context takes, by the header of a GGUF file; null where it does not say. */
export const readKvBytesPerToken = async (path: string): Promise<number | null> => {
  const { architectureMetadata: facts } = await readGgufFileInfo(path, { readTensorInfo: false, sourceType: 'filesystem', logWarnings: false });
  const { block_count: layers, embedding_length: embeddingLength, attention } = facts;
  if (!layers || !embeddingLength || !attention?.head_count) return null;
  const { head_count: heads, head_count_kv: kvHeads, key_length: keyLength, value_length: valueLength } = attention;
  return kvBytesPerToken({ layers, embeddingLength, heads, kvHeads: kvHeads ?? heads, keyLength, valueLength });
};
