import { z } from 'zod';

interface ErrorKind {
  /** HTTP status that the code is answered with. */
  status: number;
  /** Whether the same request may succeed later without a change. */
  retryable: boolean;
  /** Whether it is a defect of ours that belongs in the error log. */
  report: boolean;
}

const kind = (status: number, { retryable = false, report = false } = {}): ErrorKind => ({ status, retryable, report });

/** The one list of error codes. The status follows from the code; messages are for people, never for branching. */
export const errorKinds = {
  // identity and permission
  unauthenticated: kind(401),
  invalid_credentials: kind(401),
  totp_required: kind(401),
  forbidden: kind(403),
  csrf_failed: kind(403),
  account_locked: kind(423),
  rate_limited: kind(429, { retryable: true }),
  setup_required: kind(409),
  setup_done: kind(409),
  invalid_setup_code: kind(403),
  password_refused: kind(422),
  // requests
  not_found: kind(404),
  conflict: kind(409),
  validation_failed: kind(422),
  malformed_request: kind(400),
  payload_too_large: kind(413),
  unsupported_type: kind(415),
  range_not_satisfiable: kind(416),
  // documents
  document_encrypted: kind(422),
  document_scanned: kind(422),
  document_password_wrong: kind(422),
  document_unsafe: kind(422),
  document_empty: kind(422),
  document_broken: kind(422),
  document_too_large: kind(413),
  document_timeout: kind(422, { retryable: true }),
  document_not_failed: kind(409),
  document_cancelled: kind(409),
  disk_full: kind(507, { retryable: true }),
  upload_aborted: kind(400, { retryable: true }),
  // models
  model_unknown: kind(404),
  model_not_ready: kind(503, { retryable: true }),
  model_away: kind(503, { retryable: true }),
  model_stopped: kind(503, { retryable: true }),
  model_busy: kind(503, { retryable: true }),
  model_too_large: kind(409),
  memory_short: kind(503, { retryable: true }),
  context_exceeded: kind(422),
  download_failed: kind(502, { retryable: true }),
  digest_mismatch: kind(502),
  // jobs
  job_not_active: kind(409),
  queue_full: kind(429, { retryable: true }),
  idempotency_mismatch: kind(422),
  // updates
  update_refused: kind(422),
  update_busy: kind(409),
  // backups
  recovery_key_wrong: kind(422),
  backup_damaged: kind(422),
  backup_target_away: kind(503, { retryable: true }),
  backup_too_new: kind(409),
  backup_busy: kind(409, { retryable: true }),
  // the box
  database_away: kind(503, { retryable: true }),
  part_away: kind(503, { retryable: true }),
  configuration_invalid: kind(500, { report: true }),
  internal: kind(500, { report: true }),
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorKinds;

/** The body of every answer that is not a success. */
export const errorBody = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    details: z.unknown().optional(),
    requestId: z.string(),
  }),
});
export type ErrorBody = z.infer<typeof errorBody>;
