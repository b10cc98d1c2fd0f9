import type { UpdateRefusal } from '#contracts';
import { AppError, isAppError } from '#kit';

/** A bundle that is not taken, and why. `details.reason` is one of `updateRefusals`; the box is as it was. */
export const refused = (reason: UpdateRefusal, message: string, cause?: unknown): AppError =>
  new AppError('update_refused', { message, details: { reason }, cause });

/** The reason of a refusal; null for any other error. */
export const refusalOf = (error: unknown): UpdateRefusal | null =>
  isAppError(error, 'update_refused') ? (error.details as { reason: UpdateRefusal }).reason : null;
