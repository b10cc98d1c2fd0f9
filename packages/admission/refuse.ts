import { AppError } from '#kit';
import type { Admission } from './admit.ts';

/** When to come back to a machine whose memory others hold: they may be done, or somebody closes one. */
const RETRY_MS = 30_000;

/** Throws unless it is admitted. Errors: `model_too_large` for what is larger than this machine, `memory_short` while others hold too much; both with the numbers. */
export const refuseUnfit = ({ admitted, verdict, message, need, totalBytes, availableBytes, freeableBytes }: Admission): void => {
  if (admitted) return;
  const details = { neededBytes: need.totalBytes, totalBytes, availableBytes, freeableBytes };
  throw verdict === 'never'
    ? new AppError('model_too_large', { message, details })
    : new AppError('memory_short', { message, details, retryAfterMs: RETRY_MS });
};
