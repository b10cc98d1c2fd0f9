import { z } from 'zod';
import { id, instant, pageQuery } from './common.ts';

const typed = z.string().overwrite((text) => text.replaceAll('\0', '').trim());

/** A question whose right place is known. */
export const goldenQuestion = z.object({
  id,
  question: z.string(),
  /** Null once the document is gone; the question is left out of runs then. */
  documentId: id.nullable(),
  filename: z.string(),
  /** Null: any page of the document is right. */
  page: z.number().int().min(1).nullable(),
  note: z.string(),
  source: z.enum(['admin', 'feedback']),
  /** Its place in the newest run, 1-based among distinct pages; null when it was not among the first 20, or has not run. */
  rank: z.number().int().nullable(),
  /** Where it was in the run before. */
  rankBefore: z.number().int().nullable(),
  hasRun: z.boolean(),
  createdAt: instant,
});
export type GoldenQuestion = z.infer<typeof goldenQuestion>;

export const goldenQuestionCreate = z.object({
  question: typed.min(3).max(2000),
  documentId: id,
  page: z.number().int().min(1).nullable().default(null),
  note: typed.max(1000).default(''),
  /** The answer whose feedback it is made of. */
  messageId: id.optional(),
});
export type GoldenQuestionCreate = z.infer<typeof goldenQuestionCreate>;
export const goldenQuestionPatch = z.object({
  question: typed.min(3).max(2000).optional(),
  documentId: id.optional(),
  page: z.number().int().min(1).nullable().optional(),
  note: typed.max(1000).optional(),
});
export const goldenQuestionQuery = pageQuery.extend({ q: typed.max(200).optional() });

export const goldenTriggers = ['manual', 'index', 'model', 'nightly', 'gate'] as const;
export type GoldenTrigger = (typeof goldenTriggers)[number];
export const goldenRun = z.object({
  id,
  trigger: z.enum(goldenTriggers),
  embedModel: z.string().nullable(),
  questions: z.number().int(),
  foundAt5: z.number().int(),
  foundAt10: z.number().int(),
  meanReciprocalRank: z.number(),
  /** Only words could be compared. */
  degraded: z.boolean(),
  tookMs: z.number().int(),
  createdAt: instant,
});
export type GoldenRun = z.infer<typeof goldenRun>;

export const goldenResult = z.object({
  questionId: id,
  question: z.string(),
  filename: z.string(),
  page: z.number().int().nullable(),
  rank: z.number().int().nullable(),
  first: z.object({ filename: z.string(), page: z.number().int() }).nullable(),
});
export const goldenRunDetail = goldenRun.extend({ results: z.array(goldenResult) });
export type GoldenRunDetail = z.infer<typeof goldenRunDetail>;
