import { z } from 'zod';
import { box, id, instant } from './common.ts';

export const searchModes = ['hybrid', 'words', 'meaning'] as const;

export const searchRequest = z.object({
  query: z.string().trim().min(1).max(2000),
  limit: z.number().int().min(1).max(100).default(10),
  documentIds: z.array(id).max(1000).optional(),
  /** Only in these folders and below them. */
  folderIds: z.array(id).max(1000).optional(),
  /** Only documents of these media types ("application/pdf"), or of a whole kind ("image/"). */
  types: z.array(z.string().max(120)).max(50).optional(),
  /** Only documents whose text is in these languages (ISO 639-1). */
  languages: z
    .array(z.string().regex(/^[a-z]{2,3}$/u))
    .max(20)
    .optional(),
  /** Only documents that were added in this time. */
  addedFrom: instant.optional(),
  addedUntil: instant.optional(),
  mode: z.enum(searchModes).default('hybrid'),
  /** What the documents said then, as far back as earlier versions are kept. */
  asOf: instant.optional(),
});
export type SearchRequest = z.infer<typeof searchRequest>;

export const searchHit = z.object({
  passageId: id,
  documentId: id,
  filename: z.string(),
  page: z.number().int(),
  pageEnd: z.number().int(),
  heading: z.string().nullable(),
  text: z.string(),
  /** Character ranges of `text` that match the query's words. */
  highlights: z.array(z.tuple([z.number().int(), z.number().int()])),
  score: z.number(),
  scores: z.object({ words: z.number().nullable(), meaning: z.number().nullable() }),
  boxes: z.array(box),
});
export type SearchHit = z.infer<typeof searchHit>;

export const searchAnswer = z.object({
  items: z.array(searchHit),
  tookMs: z.number(),
  /** Set when a part is away and the answer was made without it. */
  degraded: z.enum(['meaning_away']).optional(),
});
export type SearchAnswer = z.infer<typeof searchAnswer>;

const share = z.number().min(0).max(1);
/** How the stages' scores are put together; what is left out is as the box has it. */
export const searchWeights = z.object({
  /** Share of meaning; words have the rest. */
  meaning: share.optional(),
  /** What a document gets that the question names. */
  name: share.optional(),
  /** How far the question is moved towards the passages that come first by meaning. */
  feedback: share.optional(),
});

export const searchExplainRequest = searchRequest.extend({
  weights: searchWeights.optional(),
  /** Leaves out passages that say what an earlier one says. */
  fold: z.boolean().default(true),
  /** Scores the best again, where a model that reranks is installed. */
  rerank: z.boolean().default(true),
});
export type SearchExplainRequest = z.infer<typeof searchExplainRequest>;

const stageHit = z.object({ passageId: id, score: z.number(), documentId: id, filename: z.string(), page: z.number().int() });

/** A search with everything that led to its order. */
export const searchExplained = searchAnswer.omit({ items: true }).extend({
  items: z.array(
    searchHit.extend({
      scores: z.object({ words: z.number().nullable(), meaning: z.number().nullable(), name: z.number(), fused: z.number(), rerank: z.number().nullable() }),
      /** Its place by each stage alone, 1-based; null when it was not among the first 20. */
      places: z.object({
        words: z.number().int().nullable(),
        meaning: z.number().int().nullable(),
        feedback: z.number().int().nullable(),
        rerank: z.number().int().nullable(),
      }),
    }),
  ),
  question: z.object({
    languages: z.array(z.string()),
    /** Each word with the forms that it is looked for under, and in how many passages they stand. */
    terms: z.array(z.object({ forms: z.array(z.string()), passages: z.number().int() })),
    phrases: z.array(z.string()),
    /** Documents that the question names, how well. */
    named: z.array(z.object({ documentId: id, score: z.number() })),
  }),
  /** Passages that were looked at, after the filters. */
  searched: z.number().int(),
  folded: z.number().int(),
  weights: z.object({ meaning: z.number(), name: z.number(), feedback: z.number() }),
  stages: z.object({ words: z.array(stageHit), meaning: z.array(stageHit), feedback: z.array(stageHit), rerank: z.array(stageHit) }),
  /** Stages that did not run, and why. */
  off: z.array(z.object({ stage: z.string(), reason: z.string() })),
  evidence: z.object({ meaning: z.number().nullable(), words: z.number(), names: z.number().nullable() }),
  /** Milliseconds: the question's vector, each stage in the index, reading rows. */
  times: z.object({ embedMs: z.number(), wordsMs: z.number(), meaningMs: z.number(), fusionMs: z.number(), readMs: z.number(), rerankMs: z.number() }),
  model: z.string().nullable(),
  rerankModel: z.string().nullable(),
});
export type SearchExplained = z.infer<typeof searchExplained>;
