import { errorText, type Logger } from '#kit';
import type { Reranker } from '../types.ts';

/** How many of the best by fusion are scored again; further down there is rarely an answer that they lack. */
export const RERANKED = 20;
/** A model that is being loaded, or hangs, must not hold up search; the order of fusion is good without it. */
const TIMEOUT_MS = 3_000;

export interface Readable {
  readonly passageId: string;
  readonly filename: string;
  readonly heading: string | null;
  readonly text: string;
}

export interface Reranking {
  readonly model: string;
  /** By passage, 0..1; those that were not scored come after, in the order that they had. */
  readonly scores: ReadonlyMap<string, number>;
  readonly tookMs: number;
}

export type RerankOff = 'no_model' | 'not_wanted' | 'model_away';

/** What the model reads of a passage: where it stands says what it is about. */
export const textToScore = ({ filename, heading, text }: Omit<Readable, 'passageId'>): string =>
  [filename, heading, text].filter((part) => part !== null && part !== '').join('\n');

/** Scores the first passages by a model that reads each together with the question; says why not, where it does not. */
export const rerank = async (
  reranker: Reranker | undefined,
  query: string,
  passages: readonly Readable[],
  log: Pick<Logger, 'warn'>,
): Promise<Reranking | RerankOff> => {
  const first = passages.slice(0, RERANKED);
  if (reranker === undefined || (await reranker.find()) === null) return 'no_model';
  const from = performance.now();
  if (first.length < 2) return 'not_wanted';
  try {
    const { model, scores } = await reranker.score(query, first.map(textToScore), AbortSignal.timeout(TIMEOUT_MS));
    return { model, scores: new Map(scores.map((score, at) => [first[at]!.passageId, score])), tookMs: performance.now() - from };
  } catch (error) {
    log.warn({ reason: errorText(error) }, 'the model that reranks does not answer; the passages keep the order of fusion');
    return 'model_away';
  }
};

/** The scored ones first, the best before the others; then the rest as it was. */
export const inNewOrder = <Passage extends { readonly passageId: string }>(passages: readonly Passage[], scores: ReadonlyMap<string, number>): Passage[] => {
  const scored = passages.filter(({ passageId }) => scores.has(passageId));
  const others = passages.filter(({ passageId }) => !scores.has(passageId));
  return [...scored.sort((a, b) => scores.get(b.passageId)! - scores.get(a.passageId)!), ...others];
};
