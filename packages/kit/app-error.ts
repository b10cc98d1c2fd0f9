import { errorKinds, type ErrorCode } from '#contracts';

interface Options {
  /** What happened, to what, and what to do: shown to people. */
  message: string;
  /** Public, machine-readable facts. */
  details?: unknown;
  /** Logged, never sent. */
  cause?: unknown;
  /** For `Retry-After`. */
  retryAfterMs?: number;
}

/** The one error that crosses module borders: a code of the list, a sentence for people, and facts. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: unknown;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, { message, details, cause, retryAfterMs }: Options) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'AppError';
    this.code = code;
    this.details = details;
    this.retryAfterMs = retryAfterMs;
  }

  get kind() {
    return errorKinds[this.code];
  }
}

/** Whether `error` is an AppError, of the given code when one is named. */
export const isAppError = (error: unknown, code?: ErrorCode): error is AppError => error instanceof AppError && (code === undefined || error.code === code);

/** Whatever was thrown, as an AppError: `internal` when it is not one already. */
export const toAppError = (error: unknown): AppError =>
  error instanceof AppError
    ? error
    : new AppError('internal', {
        message: 'An unexpected error stopped this request. It was recorded; try again, and report the id if it stays.',
        cause: error,
      });

/** The text of whatever was thrown, for logs and state files. */
export const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));
