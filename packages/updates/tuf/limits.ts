/** Longest metadata that is read at all, in bytes, before any of it is trusted: a root with forty keys takes 8 kB. */
export const METADATA_LIMITS = { root: 64_000, timestamp: 16_000, snapshot: 32_000, targets: 256_000 } as const;

/** Roots that one bundle may carry, from the first ever on: one a month for twenty years. */
export const MAX_ROOTS = 256;

/**
 * A version that jumps further than this over the last one seen would lock out every honest one after it: a release every hour takes
 * eleven years to get so far.
 */
export const MAX_VERSION_LEAP = 100_000;
