/** What is known of a model's size. */
export interface ModelSize {
  weightsBytes: number;
  /** Its window, which is the same for every request. */
  contextTokens: number;
  /** Keys and values of one token of context; null while its file was not read. */
  kvBytesPerToken: number | null;
  /** With its context, at work, as the catalogue has it. */
  memoryBytes: number;
}

/** What a model takes, part by part. */
export interface MemoryNeed {
  weightsBytes: number;
  contextBytes: number;
  /** Scratch space of the computation. */
  workBytes: number;
  /** Kept free beyond that. */
  safetyBytes: number;
  totalBytes: number;
}

/** Logits of a batch of 512 over a vocabulary of 150,000 in single precision; small models have small vocabularies. */
const MOST_WORK_BYTES = 0.3e9;
const LEAST_WORK_BYTES = 0.03e9;
const WORK_SHARE = 0.1;
/** What is kept free: a twentieth, since estimates of compute buffers are off by a few percent, in bounds. */
const SAFETY_SHARE = 0.05;
const MOST_SAFETY_BYTES = 0.75e9;
const LEAST_SAFETY_BYTES = 0.1e9;

const within = (least: number, value: number, most: number): number => Math.min(most, Math.max(least, value));

/** Weights, context, scratch space and a margin. */
export const memoryNeed = ({ weightsBytes, contextTokens, kvBytesPerToken, memoryBytes }: ModelSize): MemoryNeed => {
  const workBytes = Math.round(within(LEAST_WORK_BYTES, weightsBytes * WORK_SHARE, MOST_WORK_BYTES));
  const contextBytes = kvBytesPerToken === null ? Math.max(0, memoryBytes - weightsBytes - workBytes) : Math.round(kvBytesPerToken * contextTokens);
  const atWork = weightsBytes + contextBytes + workBytes;
  const safetyBytes = Math.round(within(LEAST_SAFETY_BYTES, atWork * SAFETY_SHARE, MOST_SAFETY_BYTES));
  return { weightsBytes, contextBytes, workBytes, safetyBytes, totalBytes: atWork + safetyBytes };
};

/** The layers and heads of a model, as the header of its file says. */
export interface Attention {
  layers: number;
  embeddingLength: number;
  heads: number;
  /** For all layers, or for each. */
  kvHeads: number | readonly number[];
  keyLength?: number;
  valueLength?: number;
}

/** Half precision, which llama.cpp keeps keys and values in. */
const BYTES_PER_VALUE = 2;

/** Bytes that one token of context takes: keys and values of every layer's heads (without sliding windows, which would need less). */
export const kvBytesPerToken = ({ layers, embeddingLength, heads, kvHeads, keyLength, valueLength }: Attention): number => {
  const headLength = embeddingLength / heads;
  const allHeads = typeof kvHeads === 'number' ? layers * kvHeads : kvHeads.reduce((sum, one) => sum + one, 0);
  return allHeads * ((keyLength ?? headLength) + (valueLength ?? headLength)) * BYTES_PER_VALUE;
};
