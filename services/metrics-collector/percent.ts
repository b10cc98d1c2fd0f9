/** Two decimals, as the tables keep them. */
export const round2 = (value: number): number => Math.round(value * 100) / 100;

/** `part` of `whole` in percent, kept within 0..100: counters that are read one after another may disagree a little. */
export const percentOf = (part: number, whole: number): number => round2(100 * Math.min(1, Math.max(0, part / whole)));
