import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { controlWish, type ControlWish } from '#contracts';
import { errorText, isAppError } from '#kit';
import type { Box } from './box.ts';

const MOST_BYTES = 4_096;
/** sockaddr_un holds 108 bytes on Linux and 104 on macOS. */
const SOCKET_MAX_BYTES = 100;
const OWN_FOLDER = 'arasul-control-';

/**
 * Where the launcher of this data folder listens: a file that only its own account can open. Of a path that is too long for a socket, in
 * a folder of the temporary ones that is made for it.
 */
export const controlSocket = (dataDir: string): string => {
  const inData = join(dataDir, 'run', 'control.sock');
  if (Buffer.byteLength(inData) <= SOCKET_MAX_BYTES) return inData;
  return join(tmpdir(), `${OWN_FOLDER}${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`, 'control.sock');
};

interface Needs {
  box: Pick<Box, 'parts' | 'restart' | 'hold'>;
  /** Told at each sign of life of self-healing. */
  onHealerBeat: () => void;
  socket: string;
}

const readWish = async (request: IncomingMessage): Promise<ControlWish> => {
  let text = '';
  for await (const part of request) {
    text += String(part);
    if (text.length > MOST_BYTES) throw new RangeError('That is too long.');
  }
  return controlWish.parse(JSON.parse(text));
};

const answer = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
};

/** The launcher's private door: which parts run, and start, stop and restart of each. Errors are answered as `{ error: { code, message } }`. */
export const openControl = async ({ box, onHealerBeat, socket }: Needs): Promise<{ close(): Promise<void> }> => {
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [, first, name = '', verb] = new URL(request.url ?? '/', 'http://launcher').pathname.split('/').map(decodeURIComponent);
    if (request.method === 'GET' && first === 'parts') return answer(response, 200, { pid: process.pid, parts: box.parts() });
    if (request.method === 'POST' && first === 'healer') {
      onHealerBeat();
      return answer(response, 200, {});
    }
    if (request.method === 'POST' && first === 'parts' && (verb === 'restart' || verb === 'hold')) {
      box[verb](name, await readWish(request));
      return answer(response, 202, {});
    }
    answer(response, 404, { error: { code: 'not_found', message: 'There is nothing here.' } });
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      const known = isAppError(error) ? { status: error.code === 'not_found' ? 404 : 409, code: error.code } : { status: 400, code: 'validation_failed' };
      answer(response, known.status, { error: { code: known.code, message: errorText(error) } });
    });
  });
  // What a launcher left that was killed; the data folder's lock says that there is no other.
  if (basename(dirname(socket)).startsWith(OWN_FOLDER)) {
    rmSync(dirname(socket), { recursive: true, force: true });
    mkdirSync(dirname(socket), { mode: 0o700 }); // not recursive: in a shared temporary folder nobody may have been faster
  } else rmSync(socket, { force: true });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socket, resolve));
  chmodSync(socket, 0o600);
  server.unref();
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
