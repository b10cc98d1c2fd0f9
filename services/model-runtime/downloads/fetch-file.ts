import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { AppError, errorText } from '#kit';
import { feedFile, startDigest, type Digest } from './digest.ts';

interface FetchFile {
  url: string;
  to: string;
  expected: Digest;
  sizeBytes: number;
  signal: AbortSignal;
  /** Bytes of this file that are on disk now. */
  onBytes: (doneBytes: number) => void;
  stallMs?: number;
}

/** A line that is silent for this long is dead; the next try goes on where it stopped. */
const STALL_MS = 30_000;

export const partOf = (path: string): string => `${path}.part`;

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

/**
 * Fetches a file to `to`, going on from what an earlier try left in `to.part`, and moves it into place once its digest is right.
 * Errors: `download_failed` (try again: what came is kept), `digest_mismatch` (what came is thrown away), the signal's reason.
 */
export const fetchFile = async ({ url, to, expected, sizeBytes, signal, onBytes, stallMs = STALL_MS }: FetchFile): Promise<void> => {
  const part = partOf(to);
  const hash = startDigest(expected);
  let done = await sizeOf(part);
  if (done > sizeBytes) {
    await rm(part, { force: true });
    done = 0;
  }
  if (done > 0) await feedFile(hash, part, signal);
  let whole = hash;
  if (done < sizeBytes) {
    const stall = watchForStall(stallMs);
    const file = await open(part, done > 0 ? 'r+' : 'w');
    try {
      const response = await get(url, done, AbortSignal.any([signal, stall.signal]));
      if (done > 0 && response.status !== 206) {
        // A server that cannot resume sends all of it again.
        done = 0;
        whole = startDigest(expected);
        await file.truncate(0);
      }
      onBytes(done);
      for await (const piece of response.body as AsyncIterable<Uint8Array>) {
        stall.feed();
        if (done + piece.length > sizeBytes)
          throw new AppError('digest_mismatch', { message: `${url} sends more than the ${sizeBytes} bytes that it announced.` });
        await file.write(piece, 0, piece.length, done);
        whole.update(piece);
        done += piece.length;
        onBytes(done);
      }
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof AppError && error.code === 'digest_mismatch') await rm(part, { force: true });
      throw error instanceof AppError ? error : failed(url, stall.signal.aborted ? `nothing came for ${stallMs / 1000} s` : errorText(error), error);
    } finally {
      stall.stop();
      await closeSafely(file);
    }
    if (done < sizeBytes) throw failed(url, `the line broke after ${done} of ${sizeBytes} bytes`);
  }
  onBytes(done);
  if (whole.digest('hex') !== expected.hex) {
    await rm(part, { force: true });
    throw new AppError('digest_mismatch', {
      message: `${url} is not the file that was announced (its digest differs). It was thrown away; download it again.`,
    });
  }
  await rename(part, to);
};

const get = async (url: string, from: number, signal: AbortSignal): Promise<Response> => {
  // `identity`: a compressed answer would count other bytes than the file has.
  const response = await fetch(url, { signal, headers: { 'Accept-Encoding': 'identity', ...(from > 0 ? { Range: `bytes=${from}-` } : {}) } });
  if (response.ok && response.body) return response;
  await response.body?.cancel();
  throw failed(url, `the server answered ${response.status}`);
};

const failed = (url: string, why: string, cause?: unknown): AppError =>
  new AppError('download_failed', { message: `${new URL(url).host} could not send the model: ${why}. It is tried again and goes on where it stopped.`, cause });

const closeSafely = async (file: FileHandle): Promise<void> => {
  // On disk before the rename: after a power cut a file under its final name must be whole.
  await file.sync().catch(() => undefined);
  await file.close();
};

const watchForStall = (stallMs: number) => {
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(new Error('stalled')), stallMs);
  return { signal: stalled.signal, feed: () => timer.refresh(), stop: () => clearTimeout(timer) };
};
