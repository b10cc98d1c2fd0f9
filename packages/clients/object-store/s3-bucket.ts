import http from 'node:http';
import https from 'node:https';
import { open, readFile, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { Client } from 'minio';
import { AppError, isAppError, retry } from '#kit';
import type { S3Target } from './s3-target.ts';

/** A server that says nothing for so long counts as gone: a request that hangs must not hang the upload behind it. */
const IDLE_MS = 30_000;
/** Larger objects go in parts of this size: S3 takes 10,000 of them at most, so up to 160 GB. */
const PART_BYTES = 16 * 2 ** 20;
const TRIES = { attempts: 4, firstMs: 200, maxMs: 3_000 } as const;
/** How often a download that was cut is taken up again where it stopped. */
const MAX_CUTS = 5;
/** What a later try may cure; other codes of S3 say no for good. */
const PASSING = new Set(['SlowDown', 'InternalError', 'ServiceUnavailable', 'RequestTimeout', 'OperationAborted']);
const MISSING = new Set(['NoSuchKey', 'NotFound']);

export interface S3Options {
  readonly idleMs?: number;
  readonly partBytes?: number;
}

export interface StoredObject {
  readonly key: string;
  readonly changedAt: number;
  readonly sizeBytes: number;
}

/** The plain operations on a bucket, with patience: each is tried again when the server or the way to it fails. */
export interface S3Bucket {
  /** Makes the bucket when it is not there. */
  ensure(): Promise<void>;
  /** Size in bytes; null when there is no such object. */
  size(key: string): Promise<number | null>;
  /** Puts a file of this machine; a large one in parts, of which nothing stays when it fails. */
  putFile(key: string, file: string): Promise<void>;
  /** Errors: `not_found` before the first byte. A download that is cut goes on where it stopped. */
  read(key: string, range?: { start: number; end: number }): Promise<Readable>;
  remove(key: string): Promise<void>;
  list(prefix: string): AsyncIterable<StoredObject>;
  /** An address that anybody can read the object from until it expires. */
  presign(key: string, seconds: number, sent?: { disposition?: string; type?: string }): Promise<string>;
  close(): void;
}

const codeOf = (error: unknown): string => (error as { code?: unknown } | null)?.code as string;
const isS3Code = (code: unknown): boolean => typeof code === 'string' && /[a-z]/u.test(code);
const isMissing = (error: unknown): boolean => MISSING.has(codeOf(error));
const isPassing = (error: unknown): boolean => !isAppError(error) && (!isS3Code(codeOf(error)) || PASSING.has(codeOf(error)));

const away = (target: S3Target, cause: unknown): AppError =>
  isPassing(cause)
    ? new AppError('part_away', {
        message: `The object store at ${target.endPoint}:${target.port} does not answer. What needs no original goes on; try again in a moment.`,
        retryAfterMs: 10_000,
        cause,
      })
    : new AppError('part_away', {
        message: `The object store at ${target.endPoint}:${target.port} refuses (${codeOf(cause)}). Check ARASUL_S3_URL and its keys.`,
        retryAfterMs: 60_000,
        cause,
      });

export const createS3Bucket = (target: S3Target, { idleMs = IDLE_MS, partBytes = PART_BYTES }: S3Options = {}): S3Bucket => {
  const { bucket } = target;
  const wire = target.useSSL ? https : http;
  const agent = new wire.Agent({ keepAlive: true, maxSockets: 32 });
  const client = new Client({
    endPoint: target.endPoint,
    port: target.port,
    useSSL: target.useSSL,
    accessKey: target.accessKey,
    secretKey: target.secretKey,
    region: target.region,
    pathStyle: true,
    transportAgent: agent,
    // Its own tries print to the console; ours tell what can pass from what cannot.
    retryOptions: { disableRetry: true },
    transport: {
      request: ((options: http.RequestOptions, onResponse: (response: http.IncomingMessage) => void) => {
        const request = wire.request(options, onResponse);
        request.setTimeout(idleMs, () => request.destroy(new Error(`no byte for ${idleMs} ms`)));
        return request;
      }) as typeof http.request,
    },
  });

  const attempt = <T>(work: () => Promise<T>): Promise<T> => retry(work, { ...TRIES, retryIf: isPassing });
  const told = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw isAppError(error) ? error : away(target, error);
    });
  const call = <T>(work: () => Promise<T>): Promise<T> => told(attempt(work));

  const size = (key: string): Promise<number | null> =>
    call(() =>
      client.statObject(bucket, key).then(
        (found) => found.size,
        (error: unknown) => {
          if (isMissing(error)) return null;
          throw error;
        },
      ),
    );

  const putParts = async (key: string, file: string, sizeBytes: number): Promise<void> => {
    const handle = await open(file, 'r');
    let uploadId: string | undefined;
    try {
      uploadId = await attempt(() => client.initiateNewMultipartUpload(bucket, key, {}));
      const uploadID = uploadId;
      const parts: { part: number; etag: string }[] = [];
      const buffer = Buffer.alloc(Math.min(partBytes, sizeBytes));
      for (let from = 0; from < sizeBytes; from += partBytes) {
        const { bytesRead } = await handle.read(buffer, 0, Math.min(partBytes, sizeBytes - from), from);
        const partNumber = parts.length + 1;
        const { etag } = await attempt(() =>
          client.uploadPart({ bucketName: bucket, objectName: key, uploadID, partNumber, headers: {} }, buffer.subarray(0, bytesRead)),
        );
        parts.push({ part: partNumber, etag });
      }
      try {
        await attempt(() => client.completeMultipartUpload(bucket, key, uploadID, parts));
      } catch (error) {
        // The answer may have been lost, not the request: then the upload is gone and the object is there.
        if ((await size(key)) !== sizeBytes) throw error;
      }
    } catch (error) {
      if (uploadId !== undefined) await client.abortMultipartUpload(bucket, key, uploadId).catch(() => undefined);
      throw error;
    } finally {
      await handle.close();
    }
  };

  const fetchFrom = async (key: string, start: number, end?: number): Promise<Readable> =>
    start === 0 && end === undefined ? client.getObject(bucket, key) : client.getPartialObject(bucket, key, start, end === undefined ? 0 : end - start + 1);

  /** The bytes of an object from `start` on, over as many requests as it takes. */
  async function* resumed(first: Readable, key: string, start: number, end?: number): AsyncGenerator<Buffer> {
    const announced = Number((first as Partial<http.IncomingMessage>).headers?.['content-length']);
    const until = Number.isNaN(announced) ? end && end + 1 : start + announced;
    let at = start;
    let body = first;
    try {
      for (let cuts = 0; ; cuts += 1) {
        try {
          for await (const chunk of body as AsyncIterable<Buffer>) {
            at += chunk.length;
            yield chunk;
          }
          if (until === undefined || at >= until) return;
          throw new Error(`the object ended after ${at} of ${until} bytes`);
        } catch (error) {
          if (cuts >= MAX_CUTS || !isPassing(error)) throw away(target, error);
        }
        body.destroy();
        body = await call(() => fetchFrom(key, at, end));
      }
    } finally {
      body.destroy();
    }
  }

  return {
    async ensure() {
      if (await call(() => client.bucketExists(bucket))) return;
      await call(() =>
        client.makeBucket(bucket, target.region).catch((error: unknown) => {
          // Another process of the box was faster.
          if (codeOf(error) !== 'BucketAlreadyOwnedByYou' && codeOf(error) !== 'BucketAlreadyExists') throw error;
        }),
      );
    },
    size,
    async putFile(key, file) {
      const { size: sizeBytes } = await stat(file);
      if (sizeBytes > partBytes) return told(putParts(key, file, sizeBytes));
      const body = await readFile(file);
      await call(() => client.putObject(bucket, key, body, sizeBytes));
    },
    async read(key, range) {
      const first = await call(() =>
        fetchFrom(key, range?.start ?? 0, range?.end).catch((error: unknown) => {
          if (isMissing(error))
            throw new AppError('not_found', { message: 'The original file of this document is missing from the object store.', cause: error });
          throw error;
        }),
      );
      return Readable.from(resumed(first, key, range?.start ?? 0, range?.end), { objectMode: false });
    },
    remove: (key) => call(() => client.removeObject(bucket, key)),
    async *list(prefix) {
      try {
        for await (const item of client.listObjectsV2(bucket, prefix, true) as AsyncIterable<{
          name?: string;
          lastModified?: Date;
          size?: number;
        }>) {
          if (item.name !== undefined) yield { key: item.name, changedAt: item.lastModified?.getTime() ?? Date.now(), sizeBytes: item.size ?? 0 };
        }
      } catch (error) {
        throw away(target, error);
      }
    },
    presign: (key, seconds, { disposition, type } = {}) =>
      call(() =>
        client.presignedGetObject(bucket, key, seconds, {
          ...(disposition === undefined ? {} : { 'response-content-disposition': disposition }),
          ...(type === undefined ? {} : { 'response-content-type': type }),
        }),
      ),
    close: () => agent.destroy(),
  };
};
