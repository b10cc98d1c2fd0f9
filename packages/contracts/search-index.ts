import { z } from 'zod';
import { instant } from './common.ts';

/** Whose vectors the search compares, and which others there are. */
export const searchIndexView = z.object({
  /** Null before the first document was embedded. */
  serving: z.string().nullable(),
  /** Kept to go back to. */
  previous: z.string().nullable(),
  /** Complete, but not let in by the golden questions or sent back by an admin. */
  refused: z.string().nullable(),
  /** What was decided last, and why. */
  verdict: z.string().nullable(),
  decidedAt: instant.nullable(),
  passages: z.number().int(),
  models: z.array(z.object({ model: z.string(), vectors: z.number().int(), sizeBytes: z.number().int(), isComplete: z.boolean() })),
});
export type SearchIndexView = z.infer<typeof searchIndexView>;
export const searchIndexSwitch = z.object({ model: z.string().min(1).max(200) });
