import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What happens to a request instead of its answer. `cut`: half of the body, then the line breaks. */
type Fault = 'error 500' | 'error 503' | 'silence' | 'cut';

interface Rule {
  readonly fault: Fault;
  /** Requests that it meets: method and, where given, a part of the query. */
  readonly method: string;
  readonly query?: string;
  times: number;
}

interface Kept {
  readonly body: Buffer;
  readonly changedAt: Date;
}

export const S3_KEYS = { accessKey: 'arasul-test', secretKey: 'a-secret-of-the-double' } as const;

const xml = (response: ServerResponse, status: number, body: string) => {
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n${body}`;
  response.writeHead(status, { 'Content-Type': 'application/xml', 'Content-Length': Buffer.byteLength(text) }).end(text);
};
const refuse = (response: ServerResponse, status: number, code: string) =>
  xml(response, status, `<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');
const escaped = (text: string): string => encodeURIComponent(text).replace(/[!'()*]/gu, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** Signature version 4, in the header or in the address: what a server checks before anything else. */
const isSigned = (request: IncomingMessage, url: URL): boolean => {
  const inAddress = url.searchParams.get('X-Amz-Signature');
  const header = /Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)/u.exec(request.headers.authorization ?? '');
  const [credential = '', signedHeaders = '', signature = ''] =
    inAddress === null
      ? (header?.slice(1) ?? [])
      : [url.searchParams.get('X-Amz-Credential') ?? '', url.searchParams.get('X-Amz-SignedHeaders') ?? '', inAddress];
  const [accessKey, day = '', region = '', service = ''] = credential.split('/');
  if (accessKey !== S3_KEYS.accessKey) return false;
  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .sort()
    .join('&');
  const headers = signedHeaders.split(';').map((name) => `${name}:${String(request.headers[name]).trim()}\n`);
  const payload = inAddress === null ? String(request.headers['x-amz-content-sha256']) : 'UNSIGNED-PAYLOAD';
  const canonical = [request.method, url.pathname, query, headers.join(''), signedHeaders, payload].join('\n');
  const time = inAddress === null ? String(request.headers['x-amz-date']) : (url.searchParams.get('X-Amz-Date') ?? '');
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>((from, part) => hmac(from, part), `AWS4${S3_KEYS.secretKey}`);
  return hmac(key, ['AWS4-HMAC-SHA256', time, `${day}/${region}/${service}/aws4_request`, sha256(canonical)].join('\n')).toString('hex') === signature;
};

/** An S3 server in memory that speaks the wire's own language, and can be told to fail: 5xx, silence, cut lines. */
export const startS3Double = async () => {
  const buckets = new Set<string>();
  const objects = new Map<string, Kept>();
  const uploads = new Map<string, Map<number, Buffer>>();
  const rules: Rule[] = [];
  const requests: string[] = [];

  const send = (response: ServerResponse, request: IncomingMessage, url: URL, { body, changedAt }: Kept, isCut: boolean): void => {
    const range = /bytes=(\d+)-(\d*)/u.exec(request.headers.range ?? '');
    const start = Number(range?.[1] ?? 0);
    const part = body.subarray(start, range?.[2] ? Number(range[2]) + 1 : body.length);
    response.writeHead(range ? 206 : 200, {
      'Content-Length': part.length,
      'Last-Modified': changedAt.toUTCString(),
      'Content-Type': url.searchParams.get('response-content-type') ?? 'application/octet-stream',
      ...(url.searchParams.has('response-content-disposition') ? { 'Content-Disposition': url.searchParams.get('response-content-disposition')! } : {}),
      ETag: `"${createHash('md5').update(body).digest('hex')}"`,
      ...(range ? { 'Content-Range': `bytes ${start}-${start + part.length - 1}/${body.length}` } : {}),
    });
    if (request.method === 'HEAD') response.end();
    else if (isCut) response.write(part.subarray(0, Math.ceil(part.length / 2)), () => response.destroy());
    else response.end(part);
  };

  const list = (response: ServerResponse, bucket: string, url: URL): void => {
    const prefix = url.searchParams.get('prefix') ?? '';
    const keys = [...objects.keys()].filter((key) => key.startsWith(`${bucket}/${prefix}`)).map((key) => key.slice(bucket.length + 1));
    const contents = keys.map((key) => {
      const { body, changedAt } = objects.get(`${bucket}/${key}`)!;
      return `<Contents><Key>${key}</Key><LastModified>${changedAt.toISOString()}</LastModified><ETag>"x"</ETag><Size>${body.length}</Size></Contents>`;
    });
    xml(
      response,
      200,
      `<ListBucketResult><Name>${bucket}</Name><Prefix>${prefix}</Prefix><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`,
    );
  };

  const answer = async (request: IncomingMessage, response: ServerResponse, url: URL, isCut: boolean): Promise<void> => {
    const [, bucket = '', ...rest] = url.pathname.split('/');
    const key = decodeURIComponent(rest.join('/'));
    const at = `${bucket}/${key}`;
    const body = await buffer(request);
    if (!isSigned(request, url)) return refuse(response, 403, 'SignatureDoesNotMatch');
    const sent = request.headers['x-amz-content-sha256'];
    if (sent !== undefined && sent !== 'UNSIGNED-PAYLOAD' && sent !== sha256(body)) return refuse(response, 400, 'XAmzContentSHA256Mismatch');
    if (key === '') {
      if (request.method === 'PUT') buckets.add(bucket);
      else if (!buckets.has(bucket)) return refuse(response, 404, 'NoSuchBucket');
      return request.method === 'GET' ? list(response, bucket, url) : void response.writeHead(200).end();
    }
    const upload = url.searchParams.get('uploadId');
    if (request.method === 'POST' && url.searchParams.has('uploads')) {
      const id = `upload-${uploads.size + 1}`;
      uploads.set(id, new Map());
      return xml(
        response,
        200,
        `<InitiateMultipartUploadResult><Bucket>${bucket}</Bucket><Key>${key}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
      );
    }
    if (upload !== null) {
      const parts = uploads.get(upload);
      if (!parts) return refuse(response, 404, 'NoSuchUpload');
      if (request.method === 'PUT') {
        parts.set(Number(url.searchParams.get('partNumber')), body);
        return void response.writeHead(200, { ETag: `"${createHash('md5').update(body).digest('hex')}"` }).end();
      }
      uploads.delete(upload);
      if (request.method === 'DELETE') return void response.writeHead(204).end();
      const named = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/gu)].map(([, number]) => Number(number));
      objects.set(at, { body: Buffer.concat(named.map((number) => parts.get(number)!)), changedAt: new Date() });
      return xml(
        response,
        200,
        `<CompleteMultipartUploadResult><Bucket>${bucket}</Bucket><Key>${key}</Key><ETag>"x-${named.length}"</ETag></CompleteMultipartUploadResult>`,
      );
    }
    if (request.method === 'PUT') {
      objects.set(at, { body, changedAt: new Date() });
      return void response.writeHead(200, { ETag: `"${createHash('md5').update(body).digest('hex')}"` }).end();
    }
    if (request.method === 'DELETE') {
      objects.delete(at);
      return void response.writeHead(204).end();
    }
    const kept = objects.get(at);
    if (kept) send(response, request, url, kept, isCut);
    else if (request.method === 'HEAD') response.writeHead(404).end();
    else refuse(response, 404, 'NoSuchKey');
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://double');
    requests.push(`${request.method} ${url.pathname}${url.search}`);
    const rule = rules.find((one) => one.times > 0 && one.method === request.method && url.search.includes(one.query ?? ''));
    if (rule) rule.times -= 1;
    if (rule?.fault === 'silence') return;
    if (rule?.fault === 'error 500') return void request.resume().on('end', () => refuse(response, 500, 'InternalError'));
    if (rule?.fault === 'error 503') return void request.resume().on('end', () => refuse(response, 503, 'SlowDown'));
    answer(request, response, url, rule?.fault === 'cut').catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Every request so far: `GET /bucket/key?query`. */
    requests,
    objects,
    /** Uploads in parts that were begun and not ended. */
    uploads,
    fail: (fault: Fault, method: string, { times = 1, query }: { times?: number; query?: string } = {}) => void rules.push({ fault, method, query, times }),
    async stop(): Promise<void> {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
