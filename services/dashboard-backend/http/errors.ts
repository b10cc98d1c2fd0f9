import type { ErrorRequestHandler, Request, Response } from 'express';
import { z } from 'zod';
import { isDatabaseAway, isUnreadableValue } from '#db';
import { AppError, toAppError, type Logger } from '#kit';
import { sendJson } from './headers.ts';
import { newRequestId } from './request-id.ts';

const toProblem = (issue: z.core.$ZodIssue, where: string): { path: string; message: string } => {
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]!] : issue.path;
  return { path: path.join('.') || where, message: issue.message };
};

/** All problems of an input with the path of each. */
export const validationError = (error: z.ZodError, where: 'path' | 'query' | 'body'): AppError => {
  const problems = error.issues.map((issue) => toProblem(issue, where));
  const first = problems[0];
  // A message that names its path in backquotes is a whole sentence already.
  const sentence = first && (first.message.startsWith('`') ? first.message : `\`${first.path}\`: ${first.message}`);
  return new AppError('validation_failed', {
    message: `${sentence ?? 'The input is not valid.'}${problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''}`,
    details: { in: where, problems },
  });
};

/** Text that is no text. */
export const unstorable = (where: 'path' | 'query' | 'body'): AppError =>
  new AppError('validation_failed', { message: 'The text holds characters that no text has (NUL or half a surrogate pair).', details: { in: where } });

/** Errors that express and its body parser throw, by their type. */
const fromExpress = (error: unknown): AppError | null => {
  const { type, status } = error as { type?: string; status?: number };
  if (type === 'entity.too.large') return new AppError('payload_too_large', { message: 'The request body is too large for this route.' });
  if (type === 'entity.parse.failed') return new AppError('malformed_request', { message: 'The request body is not valid JSON.' });
  if (type === 'encoding.unsupported' || type === 'charset.unsupported') return new AppError('unsupported_type', { message: 'Send JSON in UTF-8.' });
  if (error instanceof URIError || status === 400) return new AppError('malformed_request', { message: 'The request could not be read.' });
  return null;
};

const classify = (error: unknown): AppError => {
  if (error instanceof AppError) return error;
  if (isDatabaseAway(error)) {
    return new AppError('database_away', {
      message: 'The database is being restarted. Nothing is lost; try again in a moment.',
      cause: error,
      retryAfterMs: 2_000,
    });
  }
  if (isUnreadableValue(error)) {
    return new AppError('validation_failed', {
      message: 'A value of this request cannot be read. A cursor must come from the page before, as it is.',
      cause: error,
    });
  }
  return fromExpress(error) ?? toAppError(error);
};

/** Writes any error as the one error body; logs those that are ours to mend. */
export const sendError = (error: unknown, request: Request, response: Response, log: Logger): void => {
  const problem = classify(error);
  const requestId = (response.locals.requestId as string | undefined) ?? newRequestId();
  const { status, report } = problem.kind;
  if (report) log.error({ error: problem.cause ?? problem, requestId, method: request.method, path: request.path }, problem.message);
  else if (status >= 500 || isUnreadableValue(problem.cause)) log.warn({ error: problem, requestId, path: request.path }, problem.message);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (problem.retryAfterMs !== undefined || status === 503) response.setHeader('Retry-After', Math.max(1, Math.ceil((problem.retryAfterMs ?? 2_000) / 1000)));
  if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  // What a handler said about the body that it did not get to send.
  for (const name of response.getHeaderNames()) if (/^(content-(?!security|range)|etag|accept-ranges)/.test(name)) response.removeHeader(name);
  const { code, message, details } = problem;
  sendJson(response, status, { error: { code, message, ...(details === undefined ? {} : { details }), requestId } });
};

export const errorHandler =
  (log: Logger): ErrorRequestHandler =>
  (error, request, response, _next) =>
    sendError(error, request, response, log);
