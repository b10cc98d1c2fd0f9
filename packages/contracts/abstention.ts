import { z } from 'zod';
import { id, instant } from './common.ts';

export const abstentionTriggers = ['manual', 'index', 'model', 'nightly'] as const;
export type AbstentionTrigger = (typeof abstentionTriggers)[number];

/** What is answered and what is refused, fitted to questions made of the box's own documents and to questions of other fields. */
export const abstentionFit = z.object({
  id,
  trigger: z.enum(abstentionTriggers),
  /** Null: only words could be compared. */
  embedModel: z.string().nullable(),
  /** Confidence, 0..1, below which a question counts as not answered by the documents. */
  threshold: z.number(),
  /** False while there were too few questions: the built-in threshold holds. */
  isFitted: z.boolean(),
  /** Questions that a passage answers, and how many of them would be refused. */
  answerable: z.number().int(),
  falseRefusals: z.number().int(),
  /** Questions that no document answers, and how many of them would be answered. */
  unanswerable: z.number().int(),
  falseAnswers: z.number().int(),
  /** What other thresholds would do, as shares. */
  curve: z.array(z.object({ threshold: z.number(), falseAnswers: z.number(), falseRefusals: z.number() })),
  tookMs: z.number().int(),
  createdAt: instant,
});
export type AbstentionFit = z.infer<typeof abstentionFit>;
