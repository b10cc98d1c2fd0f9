import type { Request } from 'express';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import busboy from 'busboy';
import { AppError } from '#kit';

/** Fields are not used; they only must not fill memory. */
const LIMITS = { files: 1_000, fields: 20, fieldSize: 4_096, parts: 1_100, headerPairs: 50 };
/** A sender that is silent for so long is gone. */
const IDLE_MS = 60_000;

export interface IncomingFile {
  /** As sent. */
  readonly name: string;
  /** Fails when the sender goes away. May be left unread. */
  readonly stream: Readable;
}

const aborted = (cause?: unknown): AppError =>
  new AppError('upload_aborted', { message: 'The upload was cut off before its end; nothing of it was kept. Send it again.', cause });

/** Reads a stream without ending the connection when the reader leaves early: the answer still has to get out. */
const asFile = async <T>(name: string, stream: Readable, take: (file: IncomingFile) => Promise<T>): Promise<T> => {
  try {
    return await take({ name, stream });
  } finally {
    stream.resume();
  }
};

const readForm = async <T>(request: Request, take: (file: IncomingFile) => Promise<T>): Promise<T[]> => {
  let form: busboy.Busboy;
  try {
    form = busboy({ headers: request.headers, defParamCharset: 'utf8', preservePath: true, limits: LIMITS });
  } catch (cause) {
    throw new AppError('malformed_request', { message: 'The form has no boundary. Send the files as multipart/form-data.', cause });
  }
  const taken: Promise<T>[] = [];
  let tooMany = false;
  form.on('filesLimit', () => (tooMany = true));
  form.on('file', (_field, stream, { filename }) => {
    // An error after the taker has left must not be an unhandled one.
    stream.on('error', () => undefined);
    taken.push(asFile(filename ?? '', stream, take));
  });
  const failure = await pipeline(request, form).then(
    () => undefined,
    (cause: unknown) => aborted(cause),
  );
  const outcomes = await Promise.allSettled(taken);
  if (failure !== undefined) throw failure;
  if (tooMany) throw new AppError('validation_failed', { message: `At most ${LIMITS.files} files fit in one upload.` });
  return outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason as Error;
    return outcome.value;
  });
};

/**
 * Hands each file of an upload to `take`, one after the other: the parts of a form, or the body itself under `name`.
 * `take` must not throw for what concerns one file alone. Errors: `upload_aborted`, `malformed_request`, `validation_failed`.
 */
export const readUpload = async <T>(request: Request, name: string | undefined, take: (file: IncomingFile) => Promise<T>): Promise<T[]> => {
  const onSilence = (): void => void request.destroy(new Error('The sender was silent for too long.'));
  request.socket.setTimeout(IDLE_MS).on('timeout', onSilence);
  try {
    if (request.is('multipart/form-data')) return await readForm(request, take);
    if (name === undefined || name === '')
      throw new AppError('validation_failed', {
        message: 'Send a form with `files`, or the file as the body and its name as `?filename=`.',
        details: { path: 'filename' },
      });
    return [await asFile(name, request, take)];
  } finally {
    request.socket.setTimeout(0).off('timeout', onSilence);
  }
};
