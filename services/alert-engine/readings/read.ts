import type { Reading } from '#alerts';

/** What one look found, by the name of the readings. */
export type Read = Map<string, readonly Reading[]>;
