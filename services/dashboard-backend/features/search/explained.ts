import type { SearchExplained } from '#contracts';
import type { SearchResult } from '#retrieval';
import { toHit } from './to-hit.ts';

type StageName = keyof SearchExplained['stages'];

const rerankOff = {
  no_model: 'No model that reranks is installed.',
  not_wanted: 'It was not asked for, or there was nothing to put in order.',
  model_away: 'The model that reranks does not answer.',
} as const;

/** Why a stage has nothing to show. */
const offStages = ({ degraded, trace }: SearchResult, mode: string): SearchExplained['off'] => [
  ...(degraded === 'meaning_away' ? [{ stage: 'meaning', reason: 'The embedding model does not answer, so only words were compared.' }] : []),
  ...(mode === 'words' ? [{ stage: 'meaning', reason: 'Only words were asked for.' }] : []),
  ...(mode === 'meaning' ? [{ stage: 'words', reason: 'Only meaning was asked for.' }] : []),
  ...(trace?.weights.feedback === 0 ? [{ stage: 'feedback', reason: 'Its weight is 0.' }] : []),
  ...(typeof trace?.rerank === 'string' ? [{ stage: 'rerank', reason: rerankOff[trace.rerank] }] : []),
];

/** The only way from a traced search to its JSON. */
export const toExplained = (result: SearchResult, mode: string): SearchExplained => {
  const trace = result.trace!;
  const stages = { ...trace.stages, rerank: typeof trace.rerank === 'string' ? [] : trace.rerank.places };
  const placeIn = (stage: StageName, id: string): number | null => {
    const at = stages[stage].findIndex((one) => one.id === id);
    return at === -1 ? null : at + 1;
  };
  const listOf = (stage: StageName): SearchExplained['stages'][StageName] =>
    stages[stage].flatMap(({ id, score }) => {
      const place = trace.places[id];
      return place === undefined ? [] : [{ passageId: id, score, ...place }];
    });
  return {
    items: result.items.map((found) => ({
      ...toHit(found),
      scores: found.scores,
      places: {
        words: placeIn('words', found.passageId),
        meaning: placeIn('meaning', found.passageId),
        feedback: placeIn('feedback', found.passageId),
        rerank: placeIn('rerank', found.passageId),
      },
    })),
    question: {
      languages: [...trace.languages],
      terms: trace.terms.map(({ forms, passages }) => ({ forms: [...forms], passages })),
      phrases: [...trace.phrases],
      named: trace.named.map(({ documentId, score }) => ({ documentId, score })),
    },
    searched: trace.searched,
    folded: trace.folded,
    weights: trace.weights,
    stages: { words: listOf('words'), meaning: listOf('meaning'), feedback: listOf('feedback'), rerank: listOf('rerank') },
    off: offStages(result, mode),
    evidence: result.evidence,
    times: {
      embedMs: trace.times.embedMs,
      wordsMs: trace.tookMs.words,
      meaningMs: trace.tookMs.meaning,
      fusionMs: trace.tookMs.fusion,
      readMs: trace.times.readMs,
      rerankMs: trace.times.rerankMs,
    },
    model: result.model ?? null,
    rerankModel: typeof trace.rerank === 'string' ? null : trace.rerank.model,
    tookMs: result.tookMs,
    ...(result.degraded === undefined ? {} : { degraded: result.degraded }),
  };
};
