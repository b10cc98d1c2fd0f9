import { z } from 'zod';
import { box, id, instant } from './common.ts';

export const searchModes = ['hybrid', 'words', 'meaning'] as const;

export const searchRequest = z.object({
  query: z.string().trim().min(1).max(2000),
  limit: z.number().int().min(1).max(100).default(10),
  documentIds: z.array(id).max(1000).optional(),
  /** Only in these folders and below them. */
  folderIds: z.array(id).max(1000).optional(),
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
