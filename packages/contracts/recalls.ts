import { z } from 'zod';
import { id, instant, pageQuery } from './common.ts';

/** Why a passage that an answer cites is not said any more. */
export const recallReason = z.enum(['changed', 'deleted']);

/** One cited passage of an answer that is not said any more. */
export const recalledSource = z.object({ marker: z.number().int(), passageId: id, reason: recallReason, at: instant });
export type RecalledSource = z.infer<typeof recalledSource>;

/** An answer of one's own of which a source changed or is gone. */
export const recalledAnswer = z.object({
  messageId: id,
  conversationId: id,
  title: z.string(),
  question: z.string(),
  documentId: id,
  filename: z.string(),
  reason: recallReason,
  /** The numbers of its citations that are concerned. */
  markers: z.array(z.number().int()),
  at: instant,
  seen: z.boolean(),
});
export type RecalledAnswer = z.infer<typeof recalledAnswer>;
export const recallQuery = pageQuery.extend({ seen: z.stringbool().optional() });
