import type { IndexingRates } from './rates.ts';

/** How far a document is. */
export interface Counters {
  readonly sizeBytes: number;
  /** 0 until the document was opened. */
  readonly pageCount: number;
  readonly pagesRead: number;
  readonly passages: number;
  readonly embedded: number;
}

export interface Estimate {
  /** 0..1, by time and not by count: the bar moves evenly. */
  readonly progress: number;
  readonly remainingMs: number;
}

/** Expected work of one document: what is done and what is left, in milliseconds at `rates`. */
export const estimate = ({ sizeBytes, pageCount, pagesRead, passages, embedded }: Counters, rates: IndexingRates): Estimate => {
  if (pageCount === 0) return { progress: 0, remainingMs: Math.round(sizeBytes * rates.msPerByte) };
  const unread = Math.max(0, pageCount - pagesRead);
  // Once a good part was read, the document's own density is the better guess.
  const perPage = pagesRead >= 10 ? passages / pagesRead : rates.passagesPerPage;
  const expected = passages + unread * perPage;
  const done = pagesRead * rates.msPerPage + embedded * rates.msPerPassage;
  const left = unread * rates.msPerPage + Math.max(0, expected - embedded) * rates.msPerPassage;
  return { progress: done + left === 0 ? 1 : done / (done + left), remainingMs: Math.round(left) };
};

interface Unfinished {
  readonly id: string;
  readonly createdAt: Date;
  readonly remainingMs: number;
}

/** When each of these documents will be done, in milliseconds from now: vectors are made newest first, one document at a time. */
export const estimatesInLine = (unfinished: readonly Unfinished[]): Map<string, number> => {
  const newestFirst = [...unfinished].sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  let etaMs = 0;
  return new Map(newestFirst.map(({ id, remainingMs }) => [id, (etaMs += remainingMs)]));
};
