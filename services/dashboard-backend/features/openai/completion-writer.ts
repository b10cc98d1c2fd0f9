import type { Response } from 'express';
import type { Ticket } from '#contracts';
import { AppError, toAppError } from '#kit';
import type { CompletionPart } from './completions.service.ts';
import type { ChatCompletionRequest } from './wire.ts';

/** A client that hears nothing for long gives up; comments are ignored by all of them. */
const HEARTBEAT_MS = 10_000;

interface Job {
  jobId: string;
  ticket: Ticket;
}

/** `: in line: position 2, about 40000 ms, at most 70000 ms`: an SSE comment, which clients that do not know it pass over. */
const ticketComment = ({ position, etaMs, etaP90Ms, paused }: Ticket): string =>
  [`: in line: position ${position}`, paused && 'paused', etaMs !== null && `about ${etaMs} ms`, etaP90Ms !== null && `at most ${etaP90Ms} ms`]
    .filter(Boolean)
    .join(', ');

const setTicketHeaders = (response: Response, { jobId, ticket }: Job): void => {
  response.setHeader('X-Arasul-Job', jobId);
  response.setHeader('X-Arasul-Position', ticket.position);
  if (ticket.etaMs !== null) response.setHeader('X-Arasul-Eta-Ms', ticket.etaMs);
  if (ticket.etaP90Ms !== null) response.setHeader('X-Arasul-Eta-P90-Ms', ticket.etaP90Ms);
};

const head = (jobId: string, object: string, model: string) => ({ id: `chatcmpl-${jobId}`, object, created: Math.floor(Date.now() / 1000), model });

/** Well below the minute after which proxies, and the five after which clients, give up on an answer without a first byte. */
const FIRST_BYTE_MS = 25_000;

/**
 * The whole answer in one body. When it takes long, blanks come before it, which JSON allows: so no proxy and no client takes the silence for
 * a death. The status is sent with the first of them; what goes wrong later is told in the body, as `error`.
 */
export const writeWhole = async (
  response: Response,
  job: Job,
  request: ChatCompletionRequest,
  parts: AsyncIterable<CompletionPart>,
  { firstByteMs = FIRST_BYTE_MS, heartbeatMs = HEARTBEAT_MS } = {},
): Promise<void> => {
  setTicketHeaders(response, job);
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  let timer = setTimeout(breathe, firstByteMs);
  function breathe(): void {
    response.write('\n');
    timer = setTimeout(breathe, heartbeatMs);
  }
  let content = '';
  try {
    for await (const part of parts) {
      if (part.type === 'text') content += part.text;
      if (part.type !== 'end') continue;
      const message = { role: 'assistant', content, refusal: null, annotations: part.annotations };
      const choices = [{ index: 0, message, logprobs: null, finish_reason: part.finishReason }];
      response.end(JSON.stringify({ ...head(job.jobId, 'chat.completion', request.model), choices, usage: part.usage }));
    }
    if (!response.writableEnded && !response.destroyed) throw new AppError('job_not_active', { message: 'The job of this request is gone.' });
  } catch (error) {
    if (!response.headersSent) throw error;
    response.end(JSON.stringify(errorBody(error, response)));
  } finally {
    clearTimeout(timer);
  }
};

/** For clients that have their status already, and look for an error in what follows. */
const errorBody = (error: unknown, response: Response) => {
  const { code, message } = toAppError(error);
  return { error: { code, message, type: code, requestId: response.locals.requestId as string } };
};

/** The answer as OpenAI's chunks. The ticket goes into headers and, while waiting, into comments; citations come with the last chunk. */
export const writeStream = async (response: Response, job: Job, request: ChatCompletionRequest, parts: AsyncIterable<CompletionPart>): Promise<void> => {
  setTicketHeaders(response, job);
  response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store, no-transform', 'X-Accel-Buffering': 'no' });
  const common = head(job.jobId, 'chat.completion.chunk', request.model);
  const withUsage = request.stream_options?.include_usage === true;
  const write = (data: object): boolean => response.write(`data: ${JSON.stringify(data)}\n\n`);
  const chunk = (delta: object, finishReason: string | null = null): boolean =>
    write({ ...common, choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }], ...(withUsage ? { usage: null } : {}) });
  const heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MS);
  try {
    chunk({ role: 'assistant', content: '' });
    for await (const part of parts) {
      if (part.type === 'ticket') response.write(`${ticketComment(part.ticket)}\n\n`);
      else if (part.type === 'text') {
        if (!chunk({ content: part.text })) await drained(response);
      } else {
        chunk(part.annotations.length > 0 ? { annotations: part.annotations } : {}, part.finishReason);
        if (withUsage) write({ ...common, choices: [], usage: part.usage });
      }
    }
    response.end('data: [DONE]\n\n');
  } catch (error) {
    // The status is sent; clients look for an error among the chunks.
    write(errorBody(error, response));
    response.end();
  } finally {
    clearInterval(heartbeat);
  }
};

const drained = (response: Response): Promise<void> =>
  new Promise((resolve) => {
    response.once('drain', resolve);
    response.once('close', resolve);
  });
