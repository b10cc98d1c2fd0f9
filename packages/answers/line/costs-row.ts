import type { Selectable } from 'kysely';
import type { LlmCosts } from '#db';
import type { Costs } from './costs.ts';

export const toCosts = (row: Selectable<LlmCosts>): Costs => ({
  samples: row.samples,
  knownTokens: row.known_tokens,
  freshTokens: row.fresh_tokens,
  answerTokens: row.answer_tokens,
  overheadMs: row.overhead_ms,
  prefillMsPerToken: row.prefill_ms_per_token,
  decodeMsPerToken: row.decode_ms_per_token,
});
