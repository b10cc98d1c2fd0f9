import type { ErrorCode } from '#contracts';

/** `network`: no answer at all, so the box is away or the network is. */
export type ApiErrorCode = ErrorCode | 'network';

/** Every failed request, with what the box said about it. Branch on `code`; `message` is for people. */
export class ApiError extends Error {
  readonly code: ApiErrorCode;
  readonly status: number;
  readonly requestId: string | undefined;
  readonly details: unknown;
  readonly retryAfterMs: number | undefined;

  constructor(init: { code: ApiErrorCode; message: string; status: number; requestId?: string; details?: unknown; retryAfterMs?: number; cause?: unknown }) {
    super(init.message, { cause: init.cause });
    this.name = 'ApiError';
    this.code = init.code;
    this.status = init.status;
    this.requestId = init.requestId;
    this.details = init.details;
    this.retryAfterMs = init.retryAfterMs;
  }

  /** The box, or the part of it that was asked, does not answer now; the same request may do later. */
  get away(): boolean {
    return this.code === 'network' || this.status === 503 || this.status === 502 || this.status === 504;
  }
}

export const isApiError = (error: unknown, code?: ApiErrorCode): error is ApiError => error instanceof ApiError && (code === undefined || error.code === code);

const retryAfter = (header: string | null): number | undefined => {
  const seconds = Number(header);
  return header !== null && Number.isFinite(seconds) ? seconds * 1000 : undefined;
};

/** Reads a failed response's body; one that is not ours (a proxy's page) still becomes an ApiError. */
export const errorFrom = (status: number, text: string, headers: { get(name: string): string | null }): ApiError => {
  const retryAfterMs = retryAfter(headers.get('retry-after'));
  try {
    const { error } = JSON.parse(text) as { error: { code: ErrorCode; message: string; requestId: string; details?: unknown } };
    return new ApiError({ ...error, status, retryAfterMs });
  } catch (cause) {
    return new ApiError({ code: status >= 500 ? 'part_away' : 'malformed_request', message: `HTTP ${status}`, status, retryAfterMs, cause });
  }
};
