import { z } from 'zod';
import { id, instant } from './common.ts';

const typed = z.string().overwrite((text) => text.replaceAll('\0', '').trim());

export const feedbackReasons = ['wrong', 'incomplete', 'wrong_source', 'should_have_answered', 'should_have_refused', 'other'] as const;
export type FeedbackReason = (typeof feedbackReasons)[number];

/** What its reader said of an answer. */
export const answerFeedback = z.object({
  verdict: z.enum(['up', 'down']),
  reason: z.enum(feedbackReasons).nullable(),
  comment: z.string(),
});
export type AnswerFeedback = z.infer<typeof answerFeedback>;
export const answerFeedbackPut = z.object({
  verdict: z.enum(['up', 'down']),
  reason: z.enum(feedbackReasons).nullable().default(null),
  comment: typed.max(1000).default(''),
});
export type AnswerFeedbackPut = z.infer<typeof answerFeedbackPut>;

/** Feedback that no admin has looked at yet. */
export const feedbackSuggestion = answerFeedback.extend({
  messageId: id,
  question: z.string(),
  /** Pages that the answer cited, of those that are open to who looks at them. */
  cited: z.array(z.object({ documentId: id, filename: z.string(), page: z.number().int() })),
  askedBy: z.string(),
  createdAt: instant,
});
export type FeedbackSuggestion = z.infer<typeof feedbackSuggestion>;
