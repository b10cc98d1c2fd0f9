/**
 * Letters of one batch at most, padding included: about 600 tokens. On two cores of an x64 without int8 instructions, batches of 4 passages
 * of 100-140 tokens ran at 13.9/s, of 8 at 13.6/s, of 16 at 14.6/s, of 32 at 13.2/s, of 1 at 10.3/s; but 4 keep the process at 325 MB where
 * 32 need 763 MB, and a person's search waits for one batch at most.
 */
const BATCH_LETTERS = 2_400;
/** Short texts cost little each, but so does the overhead of a batch. */
const BATCH_TEXTS = 32;

interface Limits {
  batchLetters?: number;
  batchTexts?: number;
  /** Letters from which on a text cannot grow more expensive, since the model cuts it. */
  maxLetters: number;
}

/**
 * Indices of `texts` in batches of similar length, longest first: a batch is padded to its longest text, so that mixed lengths waste work.
 * Every index is in exactly one batch.
 */
export const planBatches = (texts: readonly string[], { batchLetters = BATCH_LETTERS, batchTexts = BATCH_TEXTS, maxLetters }: Limits): number[][] => {
  const cost = (index: number) => Math.max(1, Math.min(maxLetters, texts[index]!.length));
  const order = texts.map((_, index) => index).sort((a, b) => cost(b) - cost(a));
  const batches: number[][] = [];
  for (const index of order) {
    const batch = batches.at(-1);
    // Sorted, so the first of a batch is its longest: what each of it costs.
    if (batch && batch.length < batchTexts && cost(batch[0]!) * (batch.length + 1) <= batchLetters) batch.push(index);
    else batches.push([index]);
  }
  return batches;
};
