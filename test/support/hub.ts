import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const COMMIT = 'c0ffee'.padEnd(40, '0');
/** Larger files the hub keeps elsewhere and answers for with a redirect, as the real one does. */
const LARGE_BYTES = 10_000;

interface HubOptions {
  /** Files of the one repository, by their path in it. */
  files: Readonly<Record<string, string>>;
  repo: string;
}

/** What the storage does with the next requests for a file's content. */
export type Behaviour = { cutAfterBytes?: number; bytesPerSecond?: number; ignoreRange?: boolean; corrupt?: boolean };

export interface TestHub {
  url: string;
  commit: string;
  behave(behaviour: Behaviour): void;
  /** Byte offsets that content was asked from, by path. */
  ranges: { path: string; from: number }[];
  close(): Promise<void>;
}

const sha256Of = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) hash.update(piece);
  return hash.digest('hex');
};

const gitSha1Of = async (path: string): Promise<string> => {
  const hash = createHash('sha1').update(`blob ${(await stat(path)).size}\0`);
  for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) hash.update(piece);
  return hash.digest('hex');
};

/** A model hub in this process: the real protocol over real HTTP, with the faults of real networks. */
export const startTestHub = async ({ files, repo }: HubOptions): Promise<TestHub> => {
  let behaviour: Behaviour = {};
  const ranges: TestHub['ranges'] = [];

  const sendContent = async (path: string, file: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { size } = await stat(file);
    const asked = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
    const from = asked && !behaviour.ignoreRange ? Number(asked[1]) : 0;
    ranges.push({ path, from });
    response.writeHead(from > 0 ? 206 : 200, {
      'Content-Length': size - from,
      'Accept-Ranges': 'bytes',
      ...(from > 0 ? { 'Content-Range': `bytes ${from}-${size - 1}/${size}` } : {}),
    });
    let sent = 0;
    for await (const piece of createReadStream(file, { start: from, highWaterMark: 16_384 }) as AsyncIterable<Buffer>) {
      if (response.destroyed) return;
      response.write(behaviour.corrupt ? Buffer.alloc(piece.length, 7) : piece);
      sent += piece.length;
      if (behaviour.cutAfterBytes !== undefined && sent >= behaviour.cutAfterBytes) {
        // Let what was written reach the other side, then break the line.
        await new Promise((resolve) => setTimeout(resolve, 50));
        response.destroy();
        return;
      }
      if (behaviour.bytesPerSecond) await new Promise((resolve) => setTimeout(resolve, (piece.length / behaviour.bytesPerSecond!) * 1000));
    }
    response.end();
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url!, 'http://hub');
    if (pathname === '/api/models') return void response.end('[]');
    if (pathname === `/api/models/${repo}/revision/main`) return void response.end(JSON.stringify({ sha: COMMIT }));
    const path = pathname.split(`/${repo}/resolve/${COMMIT}/`)[1] ?? pathname.split('/storage/')[1];
    const file = path === undefined ? undefined : files[path];
    if (!file) return void response.writeHead(404).end();
    const { size } = await stat(file);
    const isLarge = size > LARGE_BYTES;
    if (pathname.startsWith('/storage/')) return sendContent(path!, file, request, response);
    if (isLarge) {
      response.writeHead(302, { Location: `/storage/${path}`, 'X-Linked-Size': size, 'X-Linked-Etag': `"${await sha256Of(file)}"`, 'X-Repo-Commit': COMMIT });
      return void response.end();
    }
    response.setHeader('ETag', `"${await gitSha1Of(file)}"`);
    response.setHeader('X-Repo-Commit', COMMIT);
    if (request.method === 'HEAD') return void response.writeHead(200, { 'Content-Length': size }).end();
    return sendContent(path!, file, request, response);
  };

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    commit: COMMIT,
    ranges,
    behave: (next) => (behaviour = next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
