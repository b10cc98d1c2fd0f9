import { errorKinds, type ErrorCode } from '#contracts';
import { AppError, errorText } from '#kit';

interface WireError {
  message?: string;
  code?: string | number | null;
  type?: string | null;
}

/** What OpenAI, llama.cpp server and vLLM call a prompt that is too long. */
const CONTEXT_CODES = new Set(['context_length_exceeded', 'exceed_context_size_error']);

const codeOf = (status: number, { code, type }: WireError): ErrorCode => {
  if (typeof code === 'string' && Object.hasOwn(errorKinds, code)) return code as ErrorCode;
  if (CONTEXT_CODES.has(String(code)) || CONTEXT_CODES.has(String(type))) return 'context_exceeded';
  if (status === 404) return 'model_unknown';
  if (status === 429) return 'model_busy';
  if (status === 503) return 'model_not_ready';
  if (status >= 500) return 'model_stopped';
  if (status === 401 || status === 403) return 'model_away';
  return 'validation_failed';
};

/** The error body of a runtime, ours or another's, as an AppError. */
export const fromWire = (status: number, body: unknown, url: string): AppError => {
  const given = (body as { error?: WireError | string } | null)?.error;
  const error: WireError = typeof given === 'string' ? { message: given } : (given ?? {});
  const hint = status === 401 || status === 403 ? ' It asks for a key that Arasul does not have.' : '';
  return new AppError(codeOf(status, error), {
    message: `The model runtime at ${url} answered ${status}: ${error.message ?? 'no reason given'}.${hint}`.replace('..', '.'),
    details: (error as { details?: unknown }).details,
    retryAfterMs: status === 503 || status === 429 ? 2_000 : undefined,
  });
};

/** No connection, or one that broke before an answer began. */
export const awayError = (url: string, cause: unknown): AppError =>
  new AppError('model_away', {
    message: `The model runtime at ${url} cannot be reached. It may be starting; try again in a moment.`,
    cause,
    retryAfterMs: 2_000,
  });

/** A connection that broke in mid-answer. */
export const stoppedError = (cause: unknown): AppError =>
  new AppError('model_stopped', { message: `The model stopped in mid-work (${errorText(cause)}). What it wrote so far stands.`, cause, retryAfterMs: 2_000 });
