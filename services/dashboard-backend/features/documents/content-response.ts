import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { ObjectStore } from '#clients';
import { AppError } from '#kit';
import { parseRange } from './byte-range.ts';

interface Content {
  readonly path: string;
  readonly filename: string;
  readonly mimeType: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** The only types that a browser may show by itself; all are inert. All else is a download. */
const INLINE: Readonly<Record<string, string>> = {
  'application/pdf': 'application/pdf',
  'image/png': 'image/png',
  'image/jpeg': 'image/jpeg',
  'image/webp': 'image/webp',
  'text/plain': 'text/plain; charset=utf-8',
  'text/markdown': 'text/plain; charset=utf-8',
};

/** RFC 6266: a plain name for old readers, the true one for all others. */
const disposition = (kind: 'inline' | 'attachment', filename: string): string => {
  const plain =
    filename
      .normalize('NFKD')
      .replace(/[^\x20-\x7e]/gu, '')
      .replace(/["\\]/gu, '_') || 'document';
  const encoded = encodeURIComponent(filename).replace(/['()*]/gu, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return `${kind}; filename="${plain}"; filename*=UTF-8''${encoded}`;
};

/** Long enough to begin a download with; one that has begun goes on. Whoever has the address can read it meanwhile. */
const LINK_MS = 60_000;

/** Where a download can be had from the object store itself, under its name; null where only the box can read it. */
export const linkToContent = (objects: Pick<ObjectStore, 'link'>, { path, filename }: Content): Promise<string | null> =>
  objects.link(path, { forMs: LINK_MS, disposition: disposition('attachment', filename), type: 'application/octet-stream' });

const isPrematureClose = (error: unknown): boolean =>
  ['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '');

/**
 * Sends an original. What an upload holds is never trusted: its type is ours and not sniffed, a web page is a download that
 * could run nothing if it were opened, and nothing is embedded elsewhere. Errors: `not_found`, `range_not_satisfiable`.
 */
export const sendContent = async (
  objects: Pick<ObjectStore, 'read'>,
  content: Content,
  request: Request,
  response: Response,
  { download = false } = {},
): Promise<void> => {
  const etag = `"${content.sha256}"`;
  const shown = download ? undefined : INLINE[content.mimeType];
  response.set({
    'Content-Type': shown ?? (content.mimeType === 'application/pdf' ? content.mimeType : 'application/octet-stream'),
    'Content-Disposition': disposition(shown === undefined ? 'attachment' : 'inline', content.filename),
    'Content-Security-Policy': `${content.mimeType === 'text/html' ? 'sandbox; ' : ''}default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'`,
    'X-Content-Type-Options': 'nosniff',
    'Accept-Ranges': 'bytes',
    // The bytes of an id never change, but who may read them does.
    'Cache-Control': 'private, no-cache',
    ETag: etag,
  });
  if (request.headers['if-none-match'] === etag) {
    response.status(304).end();
    return;
  }
  const ifRange = request.headers['if-range'];
  const range = ifRange === undefined || ifRange === etag ? parseRange(request.headers.range, content.sizeBytes) : undefined;
  if (range === 'unsatisfiable') {
    response.set('Content-Range', `bytes */${content.sizeBytes}`).removeHeader('Content-Disposition');
    throw new AppError('range_not_satisfiable', { message: `The document has ${content.sizeBytes} bytes; the range asked for lies beyond.` });
  }
  const stream = await objects.read(content.path, range);
  if (range !== undefined) response.status(206).set('Content-Range', `bytes ${range.start}-${range.end}/${content.sizeBytes}`);
  response.set('Content-Length', String(range === undefined ? content.sizeBytes : range.end - range.start + 1));
  if (request.method === 'HEAD') {
    stream.destroy();
    response.end();
    return;
  }
  await pipeline(stream, response).catch((error: unknown) => {
    // The reader left, as PDF viewers do when they have what they need.
    if (!isPrematureClose(error)) throw error;
  });
};
