/** Small models end in loops. Three times the same sentence says no more than once, and costs minutes on a small box. */
const MAX_SAME = 3;
/** Short ones ("Yes.", a table's empty row) come again for good reasons. */
const MIN_LETTERS = 20;

/** Tells, sentence by sentence, when a model only repeats itself. */
export const createLoopGuard = (): ((sentence: string) => boolean) => {
  const seen = new Map<string, number>();
  return (sentence) => {
    const key = sentence
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim();
    if (key.length < MIN_LETTERS) return false;
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    return times >= MAX_SAME;
  };
};
