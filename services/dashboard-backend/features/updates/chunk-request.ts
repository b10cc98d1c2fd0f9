import type { Request } from 'express';
import { AppError } from '#kit';
import { MAX_CHUNK_BYTES } from './uploads.service.ts';

const HASH = /^[0-9a-f]{64}$/i;

/** One piece as it was sent, with the hash that `X-Content-Sha256` names. Errors: `unsupported_type`, `payload_too_large`, `upload_aborted`. */
export const readChunk = async (request: Request): Promise<{ bytes: Buffer; sha256: string | undefined }> => {
  if (!request.is('application/octet-stream')) throw new AppError('unsupported_type', { message: 'Send the piece as application/octet-stream.' });
  const tooLarge = () => new AppError('payload_too_large', { message: `A piece has ${MAX_CHUNK_BYTES} bytes at most; send the file in several.` });
  if (Number(request.headers['content-length'] ?? 0) > MAX_CHUNK_BYTES) throw tooLarge();
  const sha256 = request.headers['x-content-sha256'];
  if (sha256 !== undefined && (typeof sha256 !== 'string' || !HASH.test(sha256)))
    throw new AppError('validation_failed', { message: 'X-Content-Sha256 is no SHA-256 in hex.' });
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > MAX_CHUNK_BYTES) throw tooLarge();
      parts.push(part);
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('upload_aborted', { message: 'The connection was lost in the middle of a piece. Go on from where the box is.', cause: error });
  }
  return { bytes: Buffer.concat(parts), sha256 };
};
