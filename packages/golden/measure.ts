/** What a search found, best first. */
export interface Hit {
  readonly documentId: string;
  readonly filename: string;
  readonly page: number;
}

/** Deeper than anybody reads, so that a fall shows before it hurts. */
export const GOLDEN_DEPTH = 20;

export interface Measured {
  readonly questionId: string;
  /** 1-based among distinct pages; null when it is not among the first 20. */
  readonly rank: number | null;
  readonly first: Hit | null;
}

/** Place of the right page among the distinct pages of a ranking. `documentIds` are those that hold the expected document's passages. */
export const rankOf = (hits: readonly Hit[], expected: { readonly documentIds: readonly string[]; readonly page: number | null }): number | null => {
  const pages = [...new Map(hits.map((hit) => [`${hit.documentId}#${hit.page}`, hit])).values()].slice(0, GOLDEN_DEPTH);
  const place = pages.findIndex(({ documentId, page }) => expected.documentIds.includes(documentId) && (expected.page === null || expected.page === page));
  return place === -1 ? null : place + 1;
};

export interface Summary {
  readonly questions: number;
  readonly foundAt5: number;
  readonly foundAt10: number;
  readonly meanReciprocalRank: number;
}

export const summarise = (measured: readonly Measured[]): Summary => ({
  questions: measured.length,
  foundAt5: measured.filter(({ rank }) => rank !== null && rank <= 5).length,
  foundAt10: measured.filter(({ rank }) => rank !== null && rank <= 10).length,
  meanReciprocalRank: measured.length === 0 ? 0 : measured.reduce((sum, { rank }) => sum + (rank === null ? 0 : 1 / rank), 0) / measured.length,
});

export interface Verdict {
  readonly kept: boolean;
  /** For people. */
  readonly sentence: string;
}

/**
 * Whether a change may stand: no fewer golden questions find their page among the first five than before. Without questions there is nothing
 * to hold it to, and it may.
 */
export const judge = (before: Summary, after: Summary): Verdict => {
  if (after.questions === 0) return { kept: true, sentence: 'There are no golden questions, so nothing was checked.' };
  const counts = `${after.foundAt5} of ${after.questions} golden questions find their page among the first five; before it was ${before.foundAt5}`;
  return after.foundAt5 >= before.foundAt5 ? { kept: true, sentence: `${counts}.` } : { kept: false, sentence: `${counts}. The change was not made.` };
};
